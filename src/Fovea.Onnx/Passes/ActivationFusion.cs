using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Passes;

/// <summary>
/// Finds activations that exporters write as products: x · ½ · (1 + erf(x / √2)) is GELU, x · sigmoid(x) SiLU, x · hardsigmoid(x) and
/// x · clip(x + 3, 0, 6) / 6 HardSwish, x · tanh(softplus(x)) Mish, in whatever order the factors are.
/// </summary>
internal static class ActivationFusion
{
    private const double Tolerance = 1e-4;

    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph.Nodes[i] is { Domain: "", Operator: "Mul" or "Div" } node && Product.Of(graph, node) is { } product && Find(graph, product) is { } found)
            {
                graph.Replace(i, found with { Name = node.Name, Domain = Fused.Domain, Outputs = [node.Outputs[0]] });
                changed = true;
            }
        return changed;
    }

    private static OnnxNode? Find(ImportGraph graph, Product product)
    {
        if (product.Factors is [var only])
            return Is(product.Scale, 1.0 / 6) && ClippedAtSix(graph, only) is { } shifted ? HardSigmoid(shifted) : null;
        if (product.Factors is not [var left, var right])
            return null;
        return Gate(graph, left, right, product.Scale) ?? Gate(graph, right, left, product.Scale);
    }

    /// <summary>The activation that x times a function of x is.</summary>
    private static OnnxNode? Gate(ImportGraph graph, string x, string gate, double scale)
    {
        if (Is(scale, 1) && graph.Producer(gate, "Sigmoid") is { } sigmoid && sigmoid.Inputs[0] == x)
            return new OnnxNode("Swish", [x], [""]);
        if (Is(scale, 1) && graph.Producer(gate, "Tanh") is { } tanh && SoftplusOf(graph, tanh.Inputs[0]) == x)
            return new OnnxNode("Mish", [x], [""]);
        if (Is(scale, 1.0 / 6) && ClippedAtSix(graph, gate) == x)
            return new OnnxNode("HardSwish", [x], [""]);
        if (Is(scale, 1) && graph.Producer(gate, "HardSigmoid") is { } hard && hard.Inputs[0] == x && Is(hard.Find("alpha")?.Float ?? 0.2, 1.0 / 6) && Is(hard.Find("beta")?.Float ?? 0.5, 0.5))
            return new OnnxNode("HardSwish", [x], [""]);
        if (Is(scale, 0.5) && Plus(graph, gate, 1) is { } inner && graph.Producer(inner, "Erf") is { } erf && graph.Producer(erf.Inputs[0]) is { Domain: "", Operator: "Mul" or "Div" } scaled
            && Product.Of(graph, scaled) is { Factors: [var argument] } root && argument == x && Is(root.Scale, Math.Sqrt(0.5)))
            return new OnnxNode("Gelu", [x], [""]);
        return null;
    }

    private static OnnxNode HardSigmoid(string x) => new("HardSigmoid", [x], [""]) { Attributes = [OnnxAttribute.Of("alpha", 1f / 6), OnnxAttribute.Of("beta", 0.5f)] };

    /// <summary>What x is in clip(x + 3, 0, 6).</summary>
    private static string? ClippedAtSix(ImportGraph graph, string value)
    {
        if (graph.Producer(value, "Clip") is not { } clip)
            return null;
        double? min = clip.Inputs.Count > 1 ? Scalars.Of(graph, clip, 1) : clip.Find("min")?.Float, max = clip.Inputs.Count > 2 ? Scalars.Of(graph, clip, 2) : clip.Find("max")?.Float;
        return min == 0 && max == 6 ? Plus(graph, clip.Inputs[0], 3) : null;
    }

    /// <summary>What x is in x + number.</summary>
    private static string? Plus(ImportGraph graph, string value, double number)
    {
        if (graph.Producer(value, "Add") is not { } add)
            return null;
        return Scalars.Of(graph, add, 1) == number ? add.Inputs[0] : Scalars.Of(graph, add, 0) == number ? add.Inputs[1] : null;
    }

    private static string? SoftplusOf(ImportGraph graph, string value) =>
        graph.Producer(value, "Softplus") is { } softplus ? softplus.Inputs[0]
        : graph.Producer(value, "Log") is { } log && Plus(graph, log.Inputs[0], 1) is { } sum && graph.Producer(sum, "Exp") is { } exp ? exp.Inputs[0]
        : null;

    private static bool Is(double value, double wanted) => Math.Abs(value - wanted) < Tolerance * wanted;
}
