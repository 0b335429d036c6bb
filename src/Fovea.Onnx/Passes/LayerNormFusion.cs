using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>
/// Finds layer normalisation over the last axis as exporters write it before operator set 17: (x − mean) / √(mean of squares + ε) · scale + shift.
/// </summary>
internal static class LayerNormFusion
{
    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph.Nodes[i] is { Domain: "", Operator: "Add" } node && (Find(graph, node, 0, 1) ?? Find(graph, node, 1, 0)) is { } found)
            {
                graph.Replace(i, found);
                changed = true;
            }
        return changed;
    }

    private static OnnxNode? Find(ImportGraph graph, OnnxNode add, int product, int shift)
    {
        if (graph.Producer(add.Inputs[product], "Mul") is not { } mul)
            return null;
        int scale = graph.Constant(mul, 1) is not null ? 1 : 0;
        if (graph.Constant(add, shift) is not { } bias || graph.Constant(mul, scale) is not { } factors || graph.Producer(mul.Inputs[1 - scale], "Div") is not { } div
            || graph.Producer(div.Inputs[0], "Sub") is not { } centred || graph.Producer(div.Inputs[1], "Sqrt") is not { } root || graph.Producer(root.Inputs[0], "Add") is not { } variance)
            return null;
        string x = centred.Inputs[0];
        int[] sizes = graph.Info(add, x).Dimensions;
        int epsilon = Scalars.Of(graph, variance, 1) is not null ? 1 : 0;
        if (Scalars.Of(graph, variance, epsilon) is not { } eps || !IsLastMean(graph, centred.Inputs[1], x, sizes.Length)
            || graph.Producer(variance.Inputs[1 - epsilon], "ReduceMean") is not { } mean || !IsLastMean(graph, mean.Outputs[0], mean.Inputs[0], sizes.Length) || !IsSquare(graph, mean.Inputs[0], centred, x)
            || factors.Count != sizes[^1] || factors.Dimensions[^1] != sizes[^1] || bias.Count != sizes[^1] || bias.Dimensions[^1] != sizes[^1])
            return null;
        return new OnnxNode("LayerNormalization", [x, mul.Inputs[scale], add.Inputs[shift]], add.Outputs)
        {
            Name = add.Name,
            Domain = Fused.Domain,
            Attributes = [OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", (float)eps)],
        };
    }

    private static bool IsSquare(ImportGraph graph, string value, OnnxNode centred, string x) => graph.Producer(value) is { Domain: "" } node && node.Operator switch
    {
        "Pow" => Scalars.Of(graph, node, 1) == 2 && IsCentred(graph, node.Inputs[0], centred, x),
        "Mul" => node.Inputs[0] == node.Inputs[1] && IsCentred(graph, node.Inputs[0], centred, x),
        _ => false,
    };

    /// <summary>Some exporters subtract the mean twice.</summary>
    private static bool IsCentred(ImportGraph graph, string value, OnnxNode centred, string x) =>
        value == centred.Outputs[0] || graph.Producer(value, "Sub") is { } other && other.Inputs.SequenceEqual(centred.Inputs) && other.Inputs[0] == x;

    private static bool IsLastMean(ImportGraph graph, string value, string of, int rank)
    {
        if (graph.Producer(value, "ReduceMean") is not { } mean || mean.Inputs[0] != of || mean.Find("keepdims")?.Int is 0)
            return false;
        IReadOnlyList<long>? axes = graph.Constant(mean, 1) is { } given ? Elements.ToLongs(given) : mean.Find("axes")?.Ints;
        return axes is [var axis] && (axis == -1 || axis == rank - 1);
    }
}
