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
            if (Find(graph, graph.Nodes[i]) is { } found)
            {
                graph.Replace(i, found);
                changed = true;
            }
        return changed;
    }

    private static OnnxNode? Find(ImportGraph graph, OnnxNode node) => node switch
    {
        { Domain: "", Operator: "Add" } => Scaled(graph, node, 0, 1) ?? Scaled(graph, node, 1, 0),
        { Domain: "", Operator: "Div" } when !IsScaled(graph, node.Outputs[0]) && Normal(graph, node) is { } normal => Make(graph, node, normal.X, normal.Epsilon, "", ""),
        _ => null,
    };

    private static OnnxNode? Scaled(ImportGraph graph, OnnxNode add, int product, int shift)
    {
        if (graph.Producer(add.Inputs[product], "Mul") is not { } mul)
            return null;
        int scale = graph.Constant(mul, 1) is not null ? 1 : 0;
        return graph.Constant(add, shift) is { } bias && graph.Constant(mul, scale) is { } factors && graph.Producer(mul.Inputs[1 - scale], "Div") is { } div
            && Normal(graph, div) is { } normal && graph.Info(add, normal.X).Dimensions[^1] is var last && IsVector(factors, last) && IsVector(bias, last)
                ? Make(graph, add, normal.X, normal.Epsilon, mul.Inputs[scale], add.Inputs[shift])
                : null;
    }

    private static OnnxNode Make(ImportGraph graph, OnnxNode node, string x, double epsilon, string scale, string shift)
    {
        // Scales of 1 and shifts of 0 may have been taken out before.
        if (scale.Length == 0)
        {
            int last = graph.Info(node, x).Dimensions[^1];
            var ones = new float[last];
            ones.AsSpan().Fill(1);
            scale = graph.AddConstant($"{node.Outputs[0]}_scale", FloatTensor.Of([last], ones));
            shift = graph.AddConstant($"{node.Outputs[0]}_shift", FloatTensor.Of([last], new float[last]));
        }
        return new OnnxNode("LayerNormalization", [x, scale, shift], node.Outputs)
        {
            Name = node.Name,
            Domain = Fused.Domain,
            Attributes = [OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", (float)epsilon)],
        };
    }

    /// <summary>What is normalised by a division, and ε.</summary>
    private static (string X, double Epsilon)? Normal(ImportGraph graph, OnnxNode div)
    {
        if (graph.Producer(div.Inputs[0], "Sub") is not { } centred || graph.Producer(div.Inputs[1], "Sqrt") is not { } root || graph.Producer(root.Inputs[0], "Add") is not { } variance)
            return null;
        string x = centred.Inputs[0];
        int rank = graph.Info(div, x).Rank, epsilon = Scalars.Of(graph, variance, 1) is not null ? 1 : 0;
        return Scalars.Of(graph, variance, epsilon) is { } eps and > 0 && IsLastMean(graph, centred.Inputs[1], x, rank) && graph.Producer(variance.Inputs[1 - epsilon], "ReduceMean") is { } mean
            && IsLastMean(graph, mean.Outputs[0], mean.Inputs[0], rank) && IsSquare(graph, mean.Inputs[0], centred, x)
                ? (x, eps)
                : null;
    }

    private static bool IsVector(OnnxTensor tensor, int length) => tensor.Count == length && tensor.Rank > 0 && tensor.Dimensions[^1] == length;

    /// <summary>Whether a constant vector multiplies a value: the sum behind that is looked at then.</summary>
    private static bool IsScaled(ImportGraph graph, string value) =>
        graph.Nodes.Exists(node => node.Operator == "Mul" && node.Inputs.Contains(value) && node.Inputs.Any(graph.Constants.ContainsKey));

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
