using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;
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
        bool given = EndsInSoftmax(graph, length, ref output);
        bool softmax = options.Softmax ?? given || options.Softmax is null && options.ClassNames is not null && !EndsInSigmoid(graph, output);
        if (graph.Values[output].Dimensions is not [1, _])
            output = Append(graph, new OnnxNode("Reshape", [output, graph.AddConstant($"{output}_shape", Elements.FromLongs(OnnxElementType.Int64, [2], [1, length]))], [graph.NewName($"{output}_vector")]), length);
        if (softmax)
            output = Append(graph, new OnnxNode("Softmax", [output], [graph.NewName($"{output}_probabilities")]) { Attributes = [OnnxAttribute.Of("axis", 1L)] }, length);
        graph.Outputs[0] = output;
    }

    /// <summary>Whether the graph ends in a softmax over all numbers, in whatever shape they are; the output is then what that takes.</summary>
    private static bool EndsInSoftmax(ImportGraph graph, int length, ref string output)
    {
        OnnxNode? node = Ending(graph, output);
        if (node is not { Operator: "Softmax" })
            return false;
        int[] sizes = graph.Values[node.Inputs[0]].Dimensions;
        int axis = ShapeRules.Axis(node, node.Find("axis")?.Int ?? (graph.Opset(node) >= 13 ? -1 : 1), sizes.Length);
        int[] summed = graph.Opset(node) >= 13 ? [sizes[axis]] : sizes[axis..];
        if (summed.Aggregate(1, (product, size) => product * size) != length)
            return false;
        output = node.Inputs[0];
        return true;
    }

    private static bool EndsInSigmoid(ImportGraph graph, string output) => Ending(graph, output) is { Operator: "Sigmoid" };

    /// <summary>The last node that does more than name elements otherwise.</summary>
    private static OnnxNode? Ending(ImportGraph graph, string output)
    {
        OnnxNode? node = graph.Producer(output);
        while (node is { Domain: "", Operator: "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" or "Cast" } && graph.Values.ContainsKey(node.Inputs[0]))
            node = graph.Producer(node.Inputs[0]);
        return node is { Domain: "" } && graph.Values.ContainsKey(node.Inputs[0]) ? node : null;
    }

    private static string Append(ImportGraph graph, OnnxNode node, int length)
    {
        graph.ReplaceAll([.. graph.Nodes, node]);
        graph.Values[node.Outputs[0]] = new TensorInfo(OnnxElementType.Float, [1, length]);
        return node.Outputs[0];
    }
}
