using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>
/// Finds type and sizes of every value, in the graph's order, and works out at once what follows from constants and sizes alone:
/// the chains Shape, Gather, Concat, Reshape vanish. For operators without a rule of their own the sizes are those that
/// the operator gives for zeros; what would depend on the numbers is refused.
/// </summary>
internal static class Inference
{
    // Inputs by which a result's sizes are decided.
    private static readonly Dictionary<string, int[]> Deciding = new()
    {
        ["Reshape"] = [1],
        ["Expand"] = [1],
        ["Tile"] = [1],
        ["Slice"] = [1, 2, 3, 4],
        ["Resize"] = [1, 2, 3],
        ["Upsample"] = [1],
        ["Pad"] = [1, 3],
        ["TopK"] = [1],
        ["Unsqueeze"] = [1],
        ["Squeeze"] = [1],
        ["Split"] = [1],
        ["ConstantOfShape"] = [0],
        ["Range"] = [0, 1, 2],
        ["OneHot"] = [1],
        ["NonZero"] = [0],
        ["Compress"] = [1],
        ["Unique"] = [0],
        ["CenterCropPad"] = [1],
        ["ReduceSum"] = [1],
        ["ReduceMean"] = [1],
        ["ReduceMax"] = [1],
        ["ReduceMin"] = [1],
        ["ReduceProd"] = [1],
        ["ReduceL1"] = [1],
        ["ReduceL2"] = [1],
        ["ReduceLogSum"] = [1],
        ["ReduceLogSumExp"] = [1],
        ["ReduceSumSquare"] = [1],
    };

    /// <summary>Goes through all nodes once.</summary>
    /// <returns>Whether anything became a constant.</returns>
    /// <exception cref="ModelFormatException">A node cannot be worked out, or its sizes depend on the image.</exception>
    public static bool Run(ImportGraph graph)
    {
        var kept = new List<OnnxNode>(graph.Nodes.Count);
        var pending = new Stack<OnnxNode>(Enumerable.Reverse(graph.Nodes));
        while (pending.TryPop(out OnnxNode? node))
            if (node is { Operator: "If", Domain: "" })
                foreach (OnnxNode inner in Branches.Take(graph, node).Reverse())
                    pending.Push(inner);
            else if (!Fold(graph, node))
            {
                Infer(graph, node);
                kept.Add(node);
            }
        bool folded = kept.Count != graph.Nodes.Count;
        graph.ReplaceAll(kept);
        return folded;
    }

    /// <summary>Type and sizes of what a new node gives, or its value if its inputs are constants.</summary>
    public static void Learn(ImportGraph graph, OnnxNode node)
    {
        if (!Fold(graph, node))
            Infer(graph, node);
    }

    private static bool Fold(ImportGraph graph, OnnxNode node)
    {
        if (node is { Domain: "", Operator: "Shape" or "Size" } && node.Inputs.Count == 1)
        {
            int[] sizes = graph.Info(node, node.Inputs[0]).Dimensions;
            graph.Constants[node.Outputs[0]] = node.Operator == "Size"
                ? Elements.FromLongs(OnnxElementType.Int64, [], [sizes.Aggregate(1L, (product, size) => product * size)])
                : Shape(node, sizes);
            return true;
        }
        if (!node.Inputs.All(input => input.Length == 0 || graph.Constants.ContainsKey(input)))
            return false;
        OnnxTensor?[] outputs = Evaluate(graph, node, [.. node.Inputs.Select(input => input.Length == 0 ? null : graph.Constants[input])]);
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i] is { } output && node.Outputs[i].Length > 0)
                graph.Constants[node.Outputs[i]] = output;
        return true;
    }

    private static OnnxTensor Shape(OnnxNode node, int[] sizes)
    {
        int rank = sizes.Length;
        int start = Bound(node.Find("start")?.Int ?? 0, rank), end = Bound(node.Find("end")?.Int ?? rank, rank);
        long[] part = [.. sizes[start..Math.Max(start, end)].Select(size => (long)size)];
        return Elements.FromLongs(OnnxElementType.Int64, [part.Length], part);
    }

    private static int Bound(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);

    private static void Infer(ImportGraph graph, OnnxNode node)
    {
        if (node.Domain.Length == 0 && OperatorTable.Knows("", node.Operator))
            OperatorSignature.Check(graph, node);
        TensorInfo?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null : graph.Info(node, input))];
        TensorInfo[] outputs = ShapeRules.Find(graph, node, inputs) ?? Probe(graph, node, inputs);
        for (int i = 0; i < outputs.Length && i < node.Outputs.Count; i++)
            if (node.Outputs[i].Length > 0)
                graph.Values[node.Outputs[i]] = outputs[i];
    }

    private static TensorInfo[] Probe(ImportGraph graph, OnnxNode node, TensorInfo?[] inputs)
    {
        foreach (int deciding in Deciding.GetValueOrDefault(node.Operator, []))
            if (deciding < inputs.Length && node.Inputs[deciding].Length > 0 && !graph.Constants.ContainsKey(node.Inputs[deciding]))
                throw new ModelFormatException($"node {node.Label}: the sizes of what {node.Operator} gives depend on the numbers of {Printable.Quote(node.Inputs[deciding])}, which is not known before the network runs");
        var values = new OnnxTensor?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            values[i] = inputs[i] is { } info ? graph.Constants.GetValueOrDefault(node.Inputs[i]) ?? Blank(info, node.Operator is "Div" or "Mod") : null;
        OnnxTensor?[] outputs = Evaluate(graph, node, values);
        return [.. outputs.Select(output => output is null ? new TensorInfo(OnnxElementType.Undefined, []) : TensorInfo.Of(output))];
    }

    private static OnnxTensor Blank(TensorInfo info, bool ones)
    {
        int count = Sizes.Count(info.Dimensions);
        return ones && (info.ElementType.IsFloat() || info.ElementType.IsInteger())
            ? Elements.FromDoubles(info.ElementType, info.Dimensions, [.. Enumerable.Repeat(1.0, count)])
            : new OnnxTensor(info.ElementType, info.Dimensions, new byte[(long)count * info.ElementType.Size()]);
    }

    private static OnnxTensor?[] Evaluate(ImportGraph graph, OnnxNode node, OnnxTensor?[] inputs)
    {
        OnnxTensor?[] floats = [.. inputs.Select(input => input is null ? null : FloatTypes.Of(input))];
        return OperatorEvaluator.Evaluate(node, graph.Opset(node), floats, EvaluationLimits.Folding);
    }
}
