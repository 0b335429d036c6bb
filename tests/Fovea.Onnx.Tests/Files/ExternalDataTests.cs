using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Tensors in a file beside the model, and files over 2 GB.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-onnx").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Large_tensors_go_out_and_come_back_small_ones_stay()
    {
        string path = Path.Combine(_root, "model.onnx");
        OnnxWriter.Write(path, Weights(5000, 3), externalData: true);

        Assert.InRange(new FileInfo(path).Length, 1, 2000);
        using OnnxModel model = OnnxReader.Read(path);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => (float)i), model.Graph.Initializers[0].Values<float>().ToArray());
        Assert.Equal([0f, 1, 2], model.Graph.Initializers[1].Values<float>().ToArray());
        Assert.Equal(["model.onnx", "model.onnx.data"], Directory.GetFiles(_root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void What_cannot_be_written_leaves_what_was_there()
    {
        string path = Path.Combine(_root, "model.onnx");
        OnnxWriter.Write(path, Weights(5000, 3));
        byte[] before = File.ReadAllBytes(path);
        Directory.CreateDirectory(path + ".data");

        Assert.ThrowsAny<Exception>(() => OnnxWriter.Write(path, Weights(6000, 3), externalData: true));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_root));
    }

    [Theory]
    [InlineData("../secret.bin", "leads out of the model's folder")]
    [InlineData("a/../../secret.bin", "leads out of the model's folder")]
    [InlineData("/etc/passwd", "leads out of the model's folder")]
    [InlineData("C:\\secret.bin", "leads out of the model's folder")]
    [InlineData("..\\secret.bin", "leads out of the model's folder")]
    [InlineData("none.bin", "is not beside the model")]
    [InlineData("link.bin", "a link out of the model's folder")]
    [InlineData("folder/secret.bin", "a link out of the model's folder")]
    [InlineData("short.bin", "which has only 4")]
    [InlineData(".", "out of the model's folder")]
    [InlineData("", "its location is missing")]
    public void Places_outside_the_folder_are_refused(string location, string expected)
    {
        string folder = Path.Combine(_root, "model");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(_root, "elsewhere"));
        File.WriteAllBytes(Path.Combine(_root, "secret.bin"), new byte[40_000]);
        File.WriteAllBytes(Path.Combine(_root, "elsewhere/secret.bin"), new byte[40_000]);
        File.WriteAllBytes(Path.Combine(folder, "short.bin"), new byte[4]);
        File.CreateSymbolicLink(Path.Combine(folder, "link.bin"), "../secret.bin");
        Directory.CreateSymbolicLink(Path.Combine(folder, "folder"), "../elsewhere");
        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(path, External(location));

        var error = Assert.Throws<ModelFormatException>(() => OnnxReader.Read(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_link_that_stays_in_the_folder_is_followed()
    {
        File.WriteAllBytes(Path.Combine(_root, "real.bin"), new byte[20_000]);
        File.CreateSymbolicLink(Path.Combine(_root, "link.bin"), "real.bin");
        string path = Path.Combine(_root, "model.onnx");
        File.WriteAllBytes(path, External("link.bin"));
        using OnnxModel model = OnnxReader.Read(path);
        Assert.Equal(5000, model.Graph.Initializers[0].Count);
    }

    [Fact]
    public void A_model_that_was_let_go_is_not_read()
    {
        string path = Path.Combine(_root, "model.onnx");
        OnnxWriter.Write(path, Weights(5000, 3));
        OnnxModel model = OnnxReader.Read(path);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Graph.Initializers[0].Values<float>().Length);
    }

    [Fact]
    public void A_file_over_2_GB_is_read_where_it_lies()
    {
        const long Large = 1_200_000_000;
        string path = Path.Combine(_root, "large.onnx");
        using (FileStream file = File.Create(path))
        {
            // Two tensors of zeros, which the file system does not store, each with a number at its end.
            byte[] head(string name) => [0x08, .. Varint(Large), 0x10, 3, 0x42, 1, (byte)name[0], 0x4A, .. Varint(Large)];
            long tensor = head("a").Length + Large, graph = 2 * (1 + Varint(tensor).Length + tensor);
            file.Write([0x08, 0x08, 0x42, 0x02, 0x10, 17, 0x3A, .. Varint(graph)]);
            foreach (string name in (string[])["a", "b"])
            {
                file.Write([0x2A, .. Varint(tensor), .. head(name)]);
                file.Seek(Large - 1, SeekOrigin.Current);
                file.WriteByte((byte)name[0]);
            }
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        using OnnxModel model = OnnxReader.Read(path);
        Assert.Equal(["a", "b"], model.Graph.Initializers.Select(tensor => tensor.Name));
        foreach (OnnxTensor tensor in model.Graph.Initializers)
            Assert.Equal((sbyte)tensor.Name[0], tensor.Values<sbyte>()[^1]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private static OnnxModel Weights(params int[] counts) => new(new OnnxGraph
    {
        Initializers = [.. counts.Select((count, i) => new OnnxTensor(OnnxElementType.Float, [count], Enumerable.Range(0, count).SelectMany(value => BitConverter.GetBytes((float)value)).ToArray(), $"w{i}"))],
    });

    private static byte[] External(string location)
    {
        byte[] tensor = [0x08, .. Varint(5000), 0x10, 1, 0x42, 1, (byte)'w', 0x6A, (byte)(12 + location.Length), 0x0A, 8, .. "location"u8, 0x12, (byte)location.Length, .. System.Text.Encoding.UTF8.GetBytes(location), 0x70, 1];
        return [0x08, 0x08, 0x42, 0x02, 0x10, 17, 0x3A, (byte)(tensor.Length + 2), 0x2A, (byte)tensor.Length, .. tensor];
    }
}
