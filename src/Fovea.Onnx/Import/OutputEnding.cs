using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Import;

/// <summary>How a network ends that classifies or gives features: in a vector, and in probabilities where classes are known.</summary>
internal static class OutputEnding
{
    public static void Add(ImportGraph graph, OnnxImportOptions options)
    {
        if (graph.Outputs.Count != 1 || !graph.Values.TryGetValue(graph.Outputs[0], out TensorInfo? info))
            return;
        int length = info.Dimensions.Aggregate(1, (product, size) => product * size);
        bool vector = info.ElementType == OnnxElementType.Float && length == info.Dimensions.DefaultIfEmpty(1).Max();
        if (!vector)
            return;
        string output = graph.Outputs[0];
        bool softmax = options.Softmax ?? options.ClassNames is not null && !EndsInProbabilities(graph, output);
        if (info.Dimensions is not [1, _])
            output = Append(graph, new OnnxNode("Reshape", [output, graph.AddConstant($"{output}_shape", Operators.Calls.Elements.FromLongs(OnnxElementType.Int64, [2], [1, length]))], [graph.NewName($"{output}_vector")]), length);
        if (softmax)
            output = Append(graph, new OnnxNode("Softmax", [output], [graph.NewName($"{output}_probabilities")]), length);
        graph.Outputs[0] = output;
    }

    private static string Append(ImportGraph graph, OnnxNode node, int length)
    {
        graph.ReplaceAll([.. graph.Nodes, node]);
        graph.Values[node.Outputs[0]] = new TensorInfo(OnnxElementType.Float, [1, length]);
        return node.Outputs[0];
    }

    private static bool EndsInProbabilities(ImportGraph graph, string output)
    {
        OnnxNode? node = graph.Producer(output);
        while (node is { Domain: "", Operator: "Reshape" or "Flatten" or "Squeeze" or "Identity" or "Cast" })
            node = graph.Producer(node.Inputs[0]);
        return node is { Domain: "", Operator: "Softmax" or "Sigmoid" };
    }
}
