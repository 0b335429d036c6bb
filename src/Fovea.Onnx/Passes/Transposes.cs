using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Passes;

/// <summary>
/// Turns graphs whose channels lie last, as Keras has them, to channels first: a transposition moves down through whatever does
/// not mind the order of axes until it meets its inverse, and both vanish.
/// </summary>
internal static class Transposes
{
    private static readonly HashSet<string> Elementwise =
    [
        "Relu", "LeakyRelu", "Elu", "Selu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Mish", "Erf", "Gelu", "Softplus", "Softsign", "Celu",
        "ThresholdedRelu", "Swish", "Exp", "Log", "Abs", "Neg", "Floor", "Ceil", "Sqrt", "Reciprocal", "Identity", "Cast", "Dropout",
    ];

    private static readonly HashSet<string> Combining = ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "PRelu"];

    private static readonly HashSet<string> Reducing = ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2"];

    public static bool Run(ImportGraph graph)
    {
        bool changed = false;
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (Rewrite(graph, graph.Nodes[i]) is { } nodes)
            {
                var all = new List<OnnxNode>(graph.Nodes);
                all.RemoveAt(i);
                all.InsertRange(i, nodes);
                graph.ReplaceAll(all);
                Learn(graph, nodes);
                changed = true;
            }
        return changed;
    }

    /// <summary>Nodes that stand for one; null to leave it.</summary>
    private static OnnxNode[]? Rewrite(ImportGraph graph, OnnxNode node)
    {
        if (node.Domain.Length > 0 && node.Domain != Fused.Domain || node.Inputs.Count == 0 || node.Outputs.Skip(1).Any(output => graph.Uses(output) > 0))
            return null;
        if (node.Operator == "Transpose")
            return Simplify(graph, node);
        if (node.Operator == "Reshape" && graph.Producer(node.Inputs[0]) is { Operator: "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze", Domain: "" } before && graph.Constant(node, 1) is not null)
            return [node with { Inputs = [before.Inputs[0], ShapeConstant(graph, node)], Attributes = [] }];
        OnnxNode?[] sources = [.. node.Inputs.Select(input => graph.Producer(input, "Transpose"))];
        if (sources.FirstOrDefault(found => found is not null) is not { } first)
            return null;
        int[] order = Order(graph, first);
        if (Elementwise.Contains(node.Operator) && sources[0] is not null)
            return Below(graph, node, [first.Inputs[0], .. node.Inputs.Skip(1)], order);
        if (Combining.Contains(node.Operator))
            return Combine(graph, node, sources, order);
        if (node.Operator == "Concat" && sources.All(found => found is not null && Order(graph, found).AsSpan().SequenceEqual(order)))
            return Below(graph, With(node, "axis", order[ShapeRules.Axis(node, node.Find("axis")?.Int ?? 0, order.Length)]), [.. sources.Select(found => found!.Inputs[0])], order);
        if (node.Operator == "Softmax" && sources[0] is not null && graph.Opset(node) >= 13)
            return Below(graph, With(node, "axis", order[ShapeRules.Axis(node, node.Find("axis")?.Int ?? -1, order.Length)]), [first.Inputs[0]], order);
        if (Reducing.Contains(node.Operator) && sources[0] is not null)
            return Reduce(graph, node, first, order);
        if (node.Operator == "Pad" && sources[0] is not null && graph.Constant(node, 1) is { } pads && (node.Inputs.Count < 4 || node.Inputs[3].Length == 0) && pads.Count == 2 * order.Length)
        {
            long[] given = Elements.ToLongs(pads), turned = new long[given.Length];
            for (int axis = 0; axis < order.Length; axis++)
                (turned[order[axis]], turned[order[axis] + order.Length]) = (given[axis], given[axis + order.Length]);
            return Below(graph, node, [first.Inputs[0], Longs(graph, node, turned), .. node.Inputs.Skip(2)], order);
        }
        return null;
    }

    private static OnnxNode[]? Simplify(ImportGraph graph, OnnxNode node)
    {
        int[] sizes = graph.Info(node, node.Inputs[0]).Dimensions, order = Order(graph, node);
        if (graph.Producer(node.Inputs[0], "Transpose") is { } before)
        {
            int[] inner = Order(graph, before);
            return [Turn(before.Inputs[0], node, [.. order.Select(axis => inner[axis])])];
        }
        // Where only axes of one element change places, elements stay where they are.
        int[] moved = [.. order.Where(axis => sizes[axis] != 1)];
        return moved.SequenceEqual(moved.Order()) && !order.SequenceEqual(order.Order()) && graph.Values.ContainsKey(node.Inputs[0])
            ? [new OnnxNode("Reshape", [node.Inputs[0], ShapeConstant(graph, node)], node.Outputs) { Name = node.Name }]
            : null;
    }

    private static OnnxNode[]? Combine(ImportGraph graph, OnnxNode node, OnnxNode?[] sources, int[] order)
    {
        var inputs = new string[sources.Length];
        var before = new List<OnnxNode>();
        for (int i = 0; i < inputs.Length; i++)
            if (sources[i] is { } source)
            {
                if (!Order(graph, source).AsSpan().SequenceEqual(order))
                    return null;
                inputs[i] = source.Inputs[0];
            }
            else if (graph.Constant(node, i) is not { } constant || constant.Rank > order.Length)
                return null;
            else if (constant.Count == 1)
                inputs[i] = node.Inputs[i];
            else
            {
                // The constant turns the other way; it is one again when constants are folded.
                int[] sizes = [.. Enumerable.Repeat(1, order.Length - constant.Rank), .. constant.Dimensions];
                string whole = graph.AddConstant($"{node.Inputs[i]}_whole", new OnnxTensor(constant.ElementType, sizes, constant.Bytes));
                inputs[i] = graph.NewName($"{node.Inputs[i]}_turned");
                before.Add(new OnnxNode("Transpose", [whole], [inputs[i]]) { Attributes = [Perm([.. Enumerable.Range(0, order.Length).Select(axis => Array.IndexOf(order, axis))])] });
            }
        return [.. before, .. Below(graph, node, inputs, order)];
    }

    private static OnnxNode[]? Reduce(ImportGraph graph, OnnxNode node, OnnxNode source, int[] order)
    {
        long[]? axes = node.Inputs.Count > 1 && node.Inputs[1].Length > 0 ? graph.Constant(node, 1) is { } given ? Elements.ToLongs(given) : null : node.Find("axes")?.Ints.ToArray();
        if (axes is null or { Length: 0 })
            return null;
        long[] turned = [.. axes.Select(axis => (long)order[ShapeRules.Axis(node, axis, order.Length)]).Order()];
        OnnxNode reduced = node.Inputs.Count > 1
            ? node with { Inputs = [source.Inputs[0], Longs(graph, node, turned)] }
            : node with { Inputs = [source.Inputs[0]], Attributes = [.. node.Attributes.Where(attribute => attribute.Name != "axes"), OnnxAttribute.Of("axes", turned)] };
        if (node.Find("keepdims")?.Int is null or 1)
            return Below(graph, reduced, reduced.Inputs, order);
        int[] kept = [.. order.Where(axis => !turned.Contains(axis))];
        return kept.SequenceEqual(kept.Order()) ? [reduced]
            : Below(graph, reduced, reduced.Inputs, [.. kept.Select(axis => kept.Count(other => other < axis))]);
    }

    /// <summary>The node on other inputs, and the transposition behind it.</summary>
    private static OnnxNode[] Below(ImportGraph graph, OnnxNode node, IReadOnlyList<string> inputs, int[] order)
    {
        string inner = graph.NewName($"{node.Outputs[0]}_inner");
        return [node with { Inputs = inputs, Outputs = [inner] }, new OnnxNode("Transpose", [inner], [node.Outputs[0]]) { Attributes = [Perm(order)] }];
    }

    private static OnnxNode Turn(string input, OnnxNode node, int[] order) => node with { Inputs = [input], Attributes = [Perm(order)] };

    private static OnnxAttribute Perm(int[] order) => OnnxAttribute.Of("perm", [.. order.Select(axis => (long)axis)]);

    private static OnnxNode With(OnnxNode node, string attribute, long value) =>
        node with { Attributes = [.. node.Attributes.Where(other => other.Name != attribute), OnnxAttribute.Of(attribute, value)] };

    private static int[] Order(ImportGraph graph, OnnxNode node) => ShapeRules.Permutation(node, graph.Info(node, node.Inputs[0]).Rank);

    private static string ShapeConstant(ImportGraph graph, OnnxNode node) =>
        Longs(graph, node, [.. graph.Values[node.Outputs[0]].Dimensions.Select(size => (long)size)]);

    private static string Longs(ImportGraph graph, OnnxNode node, long[] values) =>
        graph.AddConstant($"{node.Outputs[0]}_sizes", Elements.FromLongs(OnnxElementType.Int64, [values.Length], values));

    /// <summary>Sizes of values that did not exist before.</summary>
    private static void Learn(ImportGraph graph, OnnxNode[] nodes)
    {
        foreach (OnnxNode node in nodes)
            Inference.Learn(graph, node);
    }
}
