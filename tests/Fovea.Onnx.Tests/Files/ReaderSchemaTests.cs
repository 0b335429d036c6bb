using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Tests.Schema;

namespace Fovea.Onnx.Tests.Files;

/// <summary>Fovea's reader and Google.Protobuf see the same in every file at hand.</summary>
public class ReaderSchemaTests
{
    [Fact]
    public void Every_model_at_hand_reads_and_writes_as_Google_Protobuf_does()
    {
        if (TestData.Folder("onnx") is not { } folder)
            return;
        string[] files = [.. Directory.EnumerateFiles(Path.GetDirectoryName(folder)!, "*.onnx", SearchOption.AllDirectories)];
        Assert.NotEmpty(files);
        var failures = new List<string>();
        foreach (string file in files)
        {
            try
            {
                using OnnxModel model = OnnxReader.Read(file);
                Compare.Model(ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)), model);
                Compare.Model(ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model)), model);
            }
            catch (Exception error)
            {
                failures.Add($"{file}: {error.Message}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {files.Length} differ\n" + string.Join('\n', failures.Take(20)));
    }

    [Fact]
    public void Graphs_in_graphs_functions_and_all_attributes_read_and_write_as_Google_Protobuf_does()
    {
        foreach (byte[] file in SampleFiles.All())
        {
            OnnxModel model = OnnxReader.Parse(file);
            Compare.Model(ModelProto.Parser.ParseFrom(file), model);
            Assert.Equal(file, OnnxWriter.ToBytes(model));
        }
    }

    [Fact]
    public void Every_tensor_at_hand_reads_as_Google_Protobuf_reads_it()
    {
        if (TestData.Folder("onnx") is not { } folder)
            return;
        int count = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.pb", SearchOption.AllDirectories))
        {
            // Sequences and optional values are other messages.
            if (file.Contains("_sequence", StringComparison.Ordinal) || file.Contains("_opt", StringComparison.Ordinal))
                continue;
            byte[] bytes = File.ReadAllBytes(file);
            TensorProto expected = TensorProto.Parser.ParseFrom(bytes);
            if (expected.DataType is 0 or > 16)
                continue;
            Compare.Tensor(expected, TensorFile.Read(bytes));
            count++;
        }
        Assert.True(count > 1000, $"{count} tensors");
    }
}
