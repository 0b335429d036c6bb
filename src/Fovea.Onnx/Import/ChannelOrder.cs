using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;
using Fovea.Serialization;

namespace Fovea.Onnx.Import;

/// <summary>Lets a network that takes blue, green, red take red, green, blue.</summary>
internal static class ChannelOrder
{
    /// <exception cref="ModelFormatException">The network does not take images of three colours.</exception>
    public static void Reverse(ImportGraph graph)
    {
        if (graph.Inputs.Count != 1 || graph.Values[graph.Inputs[0]] is not { Dimensions: [1, 3, _, _] } info)
            throw new ModelFormatException("the order of colours is of networks that take images of three colours");
        string input = graph.Inputs[0];
        // Convolutions take the order into their weights, which costs nothing.
        bool free = graph.Nodes.All(node => !node.Inputs.Contains(input) || node is { Operator: "Conv", Domain: "" } && node.Inputs.Count(read => read == input) == 1 && node.Inputs[0] == input
            && graph.Constant(node, 1) is { Rank: 4 } weight && weight.Dimensions[1] == 3);
        if (free)
        {
            for (int i = 0; i < graph.Nodes.Count; i++)
                if (graph.Nodes[i].Inputs.Contains(input))
                {
                    OnnxNode node = graph.Nodes[i];
                    string weight = graph.AddConstant(node.Inputs[1], Reversed(graph.Constants[node.Inputs[1]]));
                    graph.Replace(i, node with { Name = node.Name, Inputs = [input, weight, .. node.Inputs.Skip(2)] });
                }
            return;
        }
        string reversed = graph.NewName($"{input}_bgr");
        graph.Redirect(input, reversed);
        graph.Values[reversed] = info;
        string[] parts = [.. Enumerable.Range(0, 3).Select(channel => graph.NewName($"{input}_{"rgb"[channel]}"))];
        string split = graph.AddConstant($"{input}_parts", Operators.Calls.Elements.FromLongs(OnnxElementType.Int64, [3], [1, 1, 1]));
        foreach (string part in parts)
            graph.Values[part] = info with { Dimensions = [1, 1, info.Dimensions[2], info.Dimensions[3]] };
        graph.ReplaceAll(
        [
            new OnnxNode("Split", [input, split], parts) { Attributes = [OnnxAttribute.Of("axis", 1)] },
            new OnnxNode("Concat", [.. parts.Reverse()], [reversed]) { Attributes = [OnnxAttribute.Of("axis", 1)] },
            .. graph.Nodes,
        ]);
    }

    private static OnnxTensor Reversed(OnnxTensor weight)
    {
        float[] from = FloatCopy.Of(weight), to = new float[from.Length];
        int outputs = weight.Dimensions[0], cells = weight.Dimensions[2] * weight.Dimensions[3];
        for (int o = 0; o < outputs; o++)
            for (int c = 0; c < 3; c++)
                from.AsSpan((o * 3 + c) * cells, cells).CopyTo(to.AsSpan((o * 3 + 2 - c) * cells, cells));
        return FloatTensor.Of(weight.Dimensions, to);
    }
}
