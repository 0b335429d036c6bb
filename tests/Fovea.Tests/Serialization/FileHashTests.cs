using System.Text;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Tests.Serialization;

public class FileHashTests
{
    /// <summary>The values that xxHash's own tools print.</summary>
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02A2E85470D6FD96)]
    public void The_hash_is_XXH64(string text, ulong expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int part = 1; part <= bytes.Length + 1; part += 5)
        {
            var hash = new XxHash64();
            for (int start = 0; start < bytes.Length; start += part)
                hash.Append(bytes.AsSpan(start, Math.Min(part, bytes.Length - start)));
            Assert.Equal(expected, hash.Value);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_flipped_bit_is_noticed_or_means_nothing(bool isCheckpoint)
    {
        using var folder = new TemporaryFolder();
        CheckpointData sample = CheckpointFileTests.Sample();
        if (isCheckpoint)
            CheckpointFile.Save(folder.File("f"), sample);
        else
            ModelFile.Save(folder.File("f"), sample.Model);
        byte[] file = File.ReadAllBytes(folder.File("f"));
        int value = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(FileHash.Key));
        int unnoticed = 0;
        var rng = new Rng(3);
        for (int flip = 0; flip < 3000; flip++)
        {
            int at = rng.NextInt(file.Length), bit = rng.NextInt(8);
            file[at] ^= (byte)(1 << bit);
            try
            {
                _ = isCheckpoint ? CheckpointFile.Parse(file).Model : ModelFile.Parse(file);
                unnoticed++;
                // The name of the hash, or the length it stands for: the rest of the file is whole then.
                Assert.InRange(at, value, value + FileHash.Key.Length + 3 + FileHash.Placeholder.Length);
            }
            catch (ModelFormatException)
            {
            }
            file[at] ^= (byte)(1 << bit);
        }
        Assert.InRange(unnoticed, 0, 60);
        _ = ModelFile.Parse(file);
    }

    [Fact]
    public void A_damaged_weight_is_named_damage()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Save(folder.File("m"), SampleModels.Small());
        byte[] file = File.ReadAllBytes(folder.File("m"));
        file[^3] ^= 4;
        File.WriteAllBytes(folder.File("m"), file);
        string message = Assert.Throws<ModelFormatException>(() => ModelFile.Load(folder.File("m"))).Message;
        Assert.StartsWith(folder.File("m") + ": the file is damaged", message, StringComparison.Ordinal);
        Assert.StartsWith(folder.File("m") + ": the file is damaged", Assert.Throws<ModelFormatException>(() => SafeTensors.Read(folder.File("m"))).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// PyTorch writes tensors in an order of its own, batch normalisation's counters beside, fills the header up to eight
    /// bytes, and copies the metadata if it is told to.
    /// </summary>
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(7, false, false)]
    [InlineData(3, true, false)]
    [InlineData(3, true, true)]
    public void What_another_program_saved_with_our_metadata_is_read(int padding, bool counters, bool isCheckpoint)
    {
        using var folder = new TemporaryFolder();
        Model model = SampleModels.Branched();
        string norm = model.Network.Nodes.First(node => node.Layer is Fovea.Layers.BatchNorm2d).Name;
        if (isCheckpoint)
            CheckpointFile.Save(folder.File("m"), CheckpointFileTests.Sample() with { Model = model, OptimizerStates = [], BestParameters = null, Averages = null });
        else
            ModelFile.Save(folder.File("m"), model);
        var saved = SafeTensors.Read(folder.File("m"));
        var header = new StringBuilder("{\"__metadata__\":{").AppendJoin(',', saved.Metadata.Reverse().Select(entry => $"{System.Text.Json.JsonSerializer.Serialize(entry.Key)}:{System.Text.Json.JsonSerializer.Serialize(entry.Value)}")).Append('}');
        using var data = new MemoryStream();
        void Add(string name, string type, string shape, ReadOnlySpan<byte> bytes)
        {
            header.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{data.Length},{data.Length + bytes.Length}]}}");
            data.Write(bytes);
        }
        if (counters)
            Add(norm + ".num_batches_tracked", "I64", "", BitConverter.GetBytes(17L));
        foreach (StoredTensor tensor in saved.Tensors.OrderByDescending(tensor => tensor.Name, StringComparer.Ordinal))
        {
            float[] values = tensor.ToFloats();
            values[0] = 0.5f;
            Add(tensor.Name, "F32", string.Join(',', tensor.Shape.ToArray()), System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        }
        header.Append('}').Append(' ', padding);
        byte[] file = [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header.ToString())), .. Encoding.UTF8.GetBytes(header.ToString()), .. data.ToArray()];
        Network network = isCheckpoint ? CheckpointFile.Parse(file).Model.Network : ModelFile.Parse(file).Network;
        Assert.All(network.Parameters, parameter => Assert.Equal(0.5f, parameter.Value.Span[0]));
    }
}
