using System.Text.RegularExpressions;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Tests.Data;

namespace Fovea.Tests.Serialization;

public partial class HostileModelTests
{
    private static readonly int Files = Mutations.Count(10_000);
    private const int Lies = 4_000;
    private static readonly string[] Numbers =
        ["0", "-1", "1", "2", "3", "4", "5", "7", "84", "1000", "16384", "65536", "1000000000", "2147483647", "-2147483648", "4294967296", "0.5", "1e300", "null", "\"2\"", "[2,3]", "[1,2,3,4]", "\"same\"", "{}", "true"];

    [Fact]
    public void Damaged_safetensors_are_read_or_refused() =>
        Assert.InRange(Mutations.Survive<ModelFormatException>(GoldenTensors.Read("types"), 900, Allowed, file => SafeTensors.Parse(file)), 1, Files - 1);

    [Fact]
    public void Damaged_models_are_read_or_refused()
    {
        Model model = SampleModels.Small();
        byte[] file = SampleModels.WithoutHash(SampleModels.Write(ModelFile.Tensors(model.Network), ModelFile.Metadata(model)));
        Assert.InRange(Mutations.Survive<ModelFormatException>(file, 1800, Allowed, damaged => ModelFile.Parse(damaged)), 1, Files - 1);
    }

    [Fact]
    public void Damaged_checkpoints_are_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        CheckpointFile.Save(folder.File("c"), CheckpointFileTests.Sample());
        byte[] file = SampleModels.WithoutHash(File.ReadAllBytes(folder.File("c")));
        Assert.InRange(Mutations.Survive<ModelFormatException>(file, 3500, Allowed, damaged => CheckpointFile.Parse(damaged)), 1, Files - 1);
    }

    /// <summary>Sound JSON that lies: numbers and strings replaced. What is accepted must run.</summary>
    [Fact]
    public void Models_that_lie_in_sound_JSON_are_run_or_refused()
    {
        Model[] models = [SampleModels.Small(), SampleModels.Branched()];
        int valid = 0;
        for (ulong number = 0; number < Lies; number++)
        {
            var rng = new Rng(21, number);
            Model model = models[number % 2];
            byte[] file = SampleModels.Write(ModelFile.Tensors(model.Network), new() { ["fovea"] = Lie(ModelFile.Metadata(model)["fovea"], ref rng) });
            long before = GC.GetAllocatedBytesForCurrentThread();
            Network? network = Attempt(() => ModelFile.Parse(file).Network);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Allowed(file.Length));
            if (network is null || network.Nodes.Sum(node => node.OutputShape.Length) > 100_000)
                continue;
            valid++;
            network.Compile(new PlanOptions { Threads = 1 }).Forward(new float[network.InputShape.Length]);
        }
        Assert.InRange(valid, 100, Lies - 100);
    }

    [Fact]
    public void Checkpoints_that_lie_in_sound_JSON_are_read_or_refused()
    {
        using var folder = new TemporaryFolder();
        CheckpointFile.Save(folder.File("c"), CheckpointFileTests.Sample());
        SafeTensors sound = SafeTensors.Read(folder.File("c"));
        NamedTensor[] tensors = [.. sound.Tensors.Select(tensor => new NamedTensor(tensor.Name, new Shape([.. tensor.Shape.ToArray().Select(size => (int)size)]), tensor.ToFloats()))];
        int valid = 0;
        for (ulong number = 0; number < Lies / 4; number++)
        {
            var rng = new Rng(22, number);
            byte[] file = SampleModels.Write(tensors, new() { ["fovea"] = sound.Metadata["fovea"], ["fovea.checkpoint"] = Lie(sound.Metadata["fovea.checkpoint"], ref rng) });
            valid += Attempt(() => CheckpointFile.Parse(file)) is null ? 0 : 1;
        }
        Assert.InRange(valid, 10, Lies / 4 - 10);
    }

    /// <summary>What a header of many small parts costs, and one of a single large one.</summary>
    [Theory]
    [InlineData("{", "\"#\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},", "\"z\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 2)]
    [InlineData("{\"__metadata__\":{", "\"#\":\"\",", "\"z\":\"\"}}", 2)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[", "1,", "0],\"data_offsets\":[0,0]}}", 2)]
    [InlineData("{\"__metadata__\":{\"fovea\":\"{", "\\\"#\\\":{}, ", "}\"}}", 8)]
    public void Long_headers_cost_what_their_bytes_do(string begin, string part, string end, int times)
    {
        const int Bytes = 24_000_000;
        var header = new System.Text.StringBuilder(begin);
        for (int i = 0; header.Length < Bytes; i++)
            header.Append(part.Replace("#", i.ToString("x", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        header.Append(end);
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header.ToString());
        byte[] file = [.. BitConverter.GetBytes((long)text.Length), .. text];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModelFormatException>(() => ModelFile.Parse(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, times * (long)Bytes);
    }

    private static T? Attempt<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ModelFormatException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            Assert.NotEmpty(error.Message);
            return null;
        }
    }

    /// <summary>Replaces one number or string, sometimes two.</summary>
    private static string Lie(string json, ref Rng rng)
    {
        for (int lies = 1 + rng.NextInt(2); lies > 0; lies--)
        {
            MatchCollection tokens = Tokens().Matches(json);
            Match token = tokens[rng.NextInt(tokens.Count)];
            string lie = rng.NextInt(4) > 0 ? Numbers[rng.NextInt(Numbers.Length)] : tokens[rng.NextInt(tokens.Count)].Value;
            json = json[..token.Index] + lie + json[(token.Index + token.Length)..];
        }
        return json;
    }

    /// <summary>What follows from the file's size: objects for its JSON, floats for its data, and an exception.</summary>
    private static long Allowed(long bytes) => 40 * bytes + 200_000;

    [GeneratedRegex("""(?<=[:\[,])(-?[0-9.e+]+|"[^"]*"|true|false)(?=[,\]}])""")]
    private static partial Regex Tokens();
}
