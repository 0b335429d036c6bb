using Fovea.Execution;
using Fovea.Networks;
using Fovea.Onnx.Export;
using Fovea.Onnx.Files;
using Fovea.Serialization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fovea.Onnx.Tests.Export;

/// <summary>An exported model in ONNX Runtime.</summary>
internal sealed class OrtSession : IDisposable
{
    private readonly InferenceSession _session;

    public OrtSession(Model model, OnnxExportOptions? options = null) =>
        _session = new InferenceSession(OnnxWriter.ToBytes(OnnxExport.ToOnnx(model, options ?? new OnnxExportOptions())), Options());

    public OrtSession(string path) => _session = new InferenceSession(path, Options());

    public IReadOnlyList<string> Inputs => _session.InputNames;

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    public IReadOnlyDictionary<string, string> Metadata => _session.ModelMetadata.CustomMetadataMap;

    /// <summary>All outputs of a batch, side by side as a plan gives them.</summary>
    /// <param name="network">Says where its inputs lie among the numbers of a sample.</param>
    /// <param name="input">(count, all numbers).</param>
    public float[] Run(Network network, ReadOnlySpan<float> input)
    {
        int length = network.InputShape.Length, count = input.Length / length;
        var values = new List<NamedOnnxValue>();
        foreach (NamedPart part in network.Inputs)
        {
            var numbers = new float[count * part.Shape.Length];
            for (int n = 0; n < count; n++)
                input.Slice(n * length + part.Offset, part.Shape.Length).CopyTo(numbers.AsSpan(n * part.Shape.Length));
            values.Add(NamedOnnxValue.CreateFromTensor(part.Name, new DenseTensor<float>(numbers, [count, .. part.Shape.ToArray()])));
        }
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(values);
        float[][] outputs = [.. results.Select(result => result.AsTensor<float>().ToArray())];
        return [.. Enumerable.Range(0, count).SelectMany(n => outputs.SelectMany(output => output[(n * output.Length / count)..((n + 1) * output.Length / count)]))];
    }

    public void Dispose() => _session.Dispose();

    private static SessionOptions Options() => new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

    /// <summary>Asserts that outputs are those of Fovea's own plan, relative to the largest.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance = 1e-4)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double off = Math.Abs((double)expected[i] - actual[i]);
            difference = off > difference || double.IsNaN(off) ? off : difference;
        }
        Assert.True(difference <= tolerance * Math.Max(largest, 1e-3), $"largest difference {difference:g3}, largest output {largest:g3}");
    }

    public static float[] Plan(Network network, ReadOnlySpan<float> input, QuantizationScheme? quantization = null) =>
        network.Compile(new PlanOptions { Batch = input.Length / network.InputShape.Length, Threads = 1, Quantization = quantization }).Forward(input).ToArray();
}
