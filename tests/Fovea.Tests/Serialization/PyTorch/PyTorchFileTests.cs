using System.Text.Json;
using Fovea.Serialization;
using Fovea.Serialization.PyTorch;

namespace Fovea.Tests.Serialization.PyTorch;

/// <summary>Files that PyTorch wrote (tools/golden/pytorch.py).</summary>
public class PyTorchFileTests
{
    private const string Save = "right would be the weights alone: torch.save(model.state_dict(), FILE), or of a checkpoint torch.save(checkpoint['state_dict'], FILE)";

    public static TheoryData<string> Readable => [.. Golden.Files.EnumerateObject().Where(file => file.Value.TryGetProperty("tensors", out _)).Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Readable))]
    public void Files_give_the_tensors_that_PyTorch_has(string name)
    {
        JsonElement golden = Golden.Files.GetProperty(name);
        StateDict read = PyTorchFile.Parse(Golden.File(name));
        Assert.Equal(golden.GetProperty("key").GetString(), read.Key);
        JsonElement[] expected = [.. golden.GetProperty("tensors").EnumerateArray()];
        Assert.Equal(expected.Select(tensor => tensor.GetProperty("name").GetString()), read.Tensors.Select(tensor => tensor.Name));
        foreach ((JsonElement want, StoredTensor got) in expected.Zip(read.Tensors))
        {
            Assert.Equal(want.GetProperty("type").GetString(), got.Type.ToString());
            Assert.Equal(want.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), got.Shape.ToArray());
            Assert.Equal(want.GetProperty("values").Doubles(), Numbers(got));
        }
    }

    [Theory]
    [InlineData("module", $"the file refers to 'torch.nn.modules.container.Sequential', a part of a program, and Fovea runs none: it reads tensors in plain containers only; {Save}")]
    [InlineData("attack", $"the file refers to 'posix.system', a part of a program, and Fovea runs none: it reads tensors in plain containers only; {Save}")]
    [InlineData("legacy-attack", $"the file refers to 'posix.system', a part of a program, and Fovea runs none: it reads tensors in plain containers only; {Save}")]
    [InlineData("legacy-module", $"the file refers to 'torch.nn.modules.container.Sequential', a part of a program, and Fovea runs none: it reads tensors in plain containers only; {Save}")]
    [InlineData("script", "a TorchScript archive, which holds a program, and Fovea runs none; right would be its weights: torch.save(torch.jit.load(FILE).state_dict(), OTHER)")]
    [InlineData("quantised", "tensor 'weight' is quantised, and such are not read; right would be a plain one of floats")]
    [InlineData("channels", "tensor 'weight' is quantised, and such are not read; right would be a plain one of floats")]
    [InlineData("sparse", "tensor 'weight' is sparse, and such are not read; right would be a plain one of floats")]
    [InlineData("meta", "tensor 'weight' is on the device 'meta', without values, and such are not read; right would be a plain one of floats")]
    [InlineData("negated", "tensor 'weight' is a negated view, and such are not read; right would be a plain one of floats")]
    [InlineData("complex", "tensor 'weight' is of complex64, and such are not read; right would be floats")]
    [InlineData("nothing", "the file holds no tensors; right would be torch.save(model.state_dict(), FILE)")]
    [InlineData("two", "the file holds 2 state_dicts: 'model' (9 tensors), 'ema' (10 tensors); name the one that is wanted, as --state-dict does")]
    [InlineData("pickle", "a pickle of Python, but none that torch.save wrote; right would be torch.save(model.state_dict(), FILE)")]
    [InlineData("deflated", "'archive/data.pkl' in the archive is compressed, which torch.save does not do; unpack it, and pack it again with 'zip -0 -r'")]
    public void What_is_more_or_less_than_plain_tensors_is_refused_by_name(string name, string message) =>
        Assert.Equal(message, Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(Golden.File(name))).Message);

    [Fact]
    public void One_of_several_state_dicts_is_chosen_by_its_keys()
    {
        StateDict ema = PyTorchFile.Parse(Golden.File("two"), "ema");
        Assert.Equal("ema", ema.Key);
        Assert.Equal(10, ema.Tensors.Count);
        Assert.Equal(24, ema.Find("extra")!.Length);
        Assert.Null(ema.Find("other"));
        Assert.Equal("the file has no state_dict 'emma'; it has 'model' (9 tensors), 'ema' (10 tensors)",
            Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(Golden.File("two"), "emma")).Message);
    }

    [Fact]
    public void Paths_and_streams_are_read_alike()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state.pt");
        File.WriteAllBytes(path, Golden.File("state"));
        Assert.Equal(9, PyTorchFile.Read(path).Tensors.Count);
        Assert.Equal(9, PyTorchFile.Read(new MemoryStream(Golden.File("state"))).Tensors.Count);
        File.WriteAllBytes(path, Golden.File("nothing"));
        Assert.StartsWith($"{path}: the file holds no tensors", Assert.Throws<ModelFormatException>(() => PyTorchFile.Read(path)).Message, StringComparison.Ordinal);
    }

    private static double[] Numbers(StoredTensor tensor)
    {
        ReadOnlySpan<byte> data = tensor.Data.Span;
        var numbers = new double[tensor.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = tensor.Type switch
            {
                ElementType.Bool or ElementType.U8 => data[i],
                ElementType.I8 => (sbyte)data[i],
                ElementType.I16 => BitConverter.ToInt16(data[(2 * i)..]),
                ElementType.I32 => BitConverter.ToInt32(data[(4 * i)..]),
                ElementType.I64 => BitConverter.ToInt64(data[(8 * i)..]),
                _ => tensor.ToFloats()[i],
            };
        return numbers;
    }
}
