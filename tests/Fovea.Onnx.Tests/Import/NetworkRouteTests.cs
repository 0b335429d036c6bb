using Fovea.Execution;
using Fovea.Networks;
using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Import;
using Fovea.Onnx.Lowering;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Passes;
using Fovea.Onnx.Tests.Operators;
using Fovea.Serialization;
using Xunit.Abstractions;

namespace Fovea.Onnx.Tests.Import;

/// <summary>
/// The ONNX project's backend tests as networks: every case's graph is imported whole, inputs that are no floats given as
/// constants, and runs in a plan. Not all can: a network gives floats, of sizes that are known before it runs.
/// </summary>
public sealed class NetworkRouteTests(ITestOutputHelper output)
{
    [Fact]
    public void CasesAreNetworksToo()
    {
        if (TestData.Folder("onnx") is not { } root)
            return;
        int right = 0, layers = 0, operations = 0;
        var refused = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (BackendCase one in BackendCase.All(root))
            foreach (string set in Directory.GetDirectories(one.Folder, "test_data_set_*"))
            {
                try
                {
                    Network network = Run(one, set, out string? difference);
                    if (difference is not null)
                        wrong.Add($"{one.Name}: {difference}");
                    else
                        right++;
                    if (network.Nodes.Any(node => node.Layer is OnnxOperation))
                        operations++;
                    else
                        layers++;
                }
                catch (NotANetworkException reason)
                {
                    string key = reason.Message;
                    (refused.TryGetValue(key, out List<string>? names) ? names : refused[key] = []).Add(one.Name);
                }
            }
        output.WriteLine($"{right} sets are right: {layers} of layers alone, {operations} with operations; refused:");
        foreach ((string reason, List<string> names) in refused)
            output.WriteLine($"{names.Count} {reason}: {string.Join(", ", names)}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static Network Run(BackendCase one, string set, out string? difference)
    {
        using OnnxModel model = OnnxReader.Read(Path.Combine(one.Folder, "model.onnx"));
        var inputs = new Dictionary<string, OnnxTensor>();
        foreach (OnnxValue input in model.Graph.Inputs)
            if (input.Dimensions is null || input.ElementType == OnnxElementType.Undefined)
                throw new NotANetworkException("an input is no tensor");
        for (int i = 0; i < model.Graph.Inputs.Count; i++)
            if (Path.Combine(set, $"input_{i}.pb") is var file && File.Exists(file))
                inputs[model.Graph.Inputs[i].Name] = TensorFile.Read(file);
        foreach (OnnxValue output in model.Graph.Outputs)
            if (output.ElementType.IsNarrow() || output.ElementType is OnnxElementType.String)
                throw new NotANetworkException("an output is of a type that floats do not stand for");
        string[] floats = [.. inputs.Where(input => input.Value.ElementType.IsFloat()).Select(input => input.Key)];
        string[][] choices = [floats.Length > 0 ? floats : [.. inputs.Keys], [.. inputs.Keys.Take(1)]];
        ModelFormatException? refusal = null;
        foreach (string[] free in choices)
            try
            {
                return Run(one, set, model, inputs, free, out difference);
            }
            catch (ModelFormatException error)
            {
                refusal ??= error;
            }
        throw NotANetworkException.For(refusal!);
    }

    private static Network Run(BackendCase one, string set, OnnxModel model, Dictionary<string, OnnxTensor> inputs, string[] free, out string? difference)
    {
        // The sizes are those of the data, which the file may leave open.
        OnnxModel sized = model with
        {
            Storage = [],
            Graph = model.Graph with
            {
                Inputs = [.. model.Graph.Inputs.Select(input => inputs.TryGetValue(input.Name, out OnnxTensor? value) && value.ElementType != OnnxElementType.String
                    ? input with { Dimensions = [.. value.Dimensions.ToArray().Select(size => new OnnxDimension(size))] } : input)],
            },
        };
        Network network = GraphImport.Run(sized, one.Name, new OnnxImportOptions
        {
            Batch = OnnxBatch.None,
            TakesImages = false,
            Bound = inputs.Where(input => !free.Contains(input.Key)).ToDictionary(),
        });
        float[] all = [.. model.Graph.Inputs.Where(input => free.Contains(input.Name)).SelectMany(input => FloatCopy.Of(inputs[input.Name]))];
        Plan plan = network.Compile(new PlanOptions { Batch = 1, Threads = 1 });
        float[] results = plan.Forward(all).ToArray();
        difference = null;
        for (int i = 0, offset = 0; i < model.Graph.Outputs.Count && difference is null; i++)
        {
            OnnxTensor expected = TensorFile.Read(Path.Combine(set, $"output_{i}.pb"));
            if (offset + expected.Count > results.Length)
            {
                difference = $"{results.Length} numbers, too few";
                break;
            }
            // Networks compute in floats what the suite computes in bfloat16: the case has that type's digits.
            double tolerance = expected.ElementType == OnnxElementType.BFloat16 ? 8e-3 : 1e-3;
            if (Difference(FloatCopy.Of(expected), results.AsSpan(offset, expected.Count), tolerance) is { } found)
                difference = $"output {i}: {found}; {string.Join(" ", network.Nodes.Select(node => node.Layer.GetType().Name))}";
            offset += expected.Count;
        }
        return network;
    }

    private static string? Difference(float[] expected, ReadOnlySpan<float> actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            if (!(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-7 + tolerance * Math.Abs(expected[i])))
                return $"element {i} of {expected.Length} is {actual[i]} instead of {expected[i]}";
        return null;
    }

    private sealed class NotANetworkException(string reason) : Exception(reason)
    {
        // Without the names, so that cases of one reason are listed together.
        public static NotANetworkException For(ModelFormatException error) => new(System.Text.RegularExpressions.Regex.Replace(error.Message, "'[^']*'|\"[^\"]*\"", "…"));
    }
}
