using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>Types and sizes of what the common operators give, without computing it.</summary>
internal static class ShapeRules
{
    private static readonly HashSet<string> SameAsFirst =
    [
        "Relu", "LeakyRelu", "Elu", "Selu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Mish", "Erf", "Gelu", "Softplus", "Softsign", "Celu",
        "ThresholdedRelu", "Swish", "Softmax", "LogSoftmax", "Exp", "Log", "Abs", "Neg", "Floor", "Ceil", "Sqrt", "Reciprocal", "Identity",
        "LRN", "BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "Dropout", "PRelu",
    ];

    private static readonly HashSet<string> Broadcasting = ["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean"];

    private static readonly HashSet<string> Comparing = ["Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor"];

    /// <summary>What a node gives; null if there is no rule for it here.</summary>
    /// <exception cref="ModelFormatException">The inputs do not fit.</exception>
    public static TensorInfo[]? Find(ImportGraph graph, OnnxNode node, TensorInfo?[] inputs)
    {
        if (inputs.Length == 0 || inputs[0] is not { } first || node.Domain.Length > 0 && node.Domain != Fused.Domain)
            return null;
        bool single = !node.Outputs.Skip(1).Any(name => name.Length > 0 && graph.Uses(name) > 0);
        if (SameAsFirst.Contains(node.Operator))
            return single ? [first] : null;
        if (Broadcasting.Contains(node.Operator))
            return [new TensorInfo(first.ElementType, Broadcast(node, inputs))];
        if (Comparing.Contains(node.Operator))
            return [new TensorInfo(OnnxElementType.Bool, Broadcast(node, inputs))];
        int[]? sizes = node.Operator switch
        {
            "Conv" => Convolution(node, first, Need(node, inputs, 1)),
            "MaxPool" or "AveragePool" or "LpPool" when single => Pooling(node, first),
            "GlobalAveragePool" or "GlobalMaxPool" or "GlobalLpPool" when first.Rank >= 3 => [.. first.Dimensions[..2], .. SpatialWindow.Ones(first.Rank - 2)],
            "MatMul" => Product(node, first.Dimensions, Need(node, inputs, 1).Dimensions),
            Fused.Linear => Product(node, first.Dimensions, Need(node, inputs, 1).Dimensions),
            "Gemm" => Gemm(node, first, Need(node, inputs, 1)),
            "Concat" => Concat(node, inputs),
            "Flatten" => Flatten(node, first),
            "Transpose" => [.. Permutation(node, first.Rank).Select(axis => first.Dimensions[axis])],
            _ => null,
        };
        return sizes is null ? null : [first with { Dimensions = sizes }];
    }

    /// <summary>The axes' new order.</summary>
    public static int[] Permutation(OnnxNode node, int rank)
    {
        int[] order = node.Find("perm") is { } given ? [.. given.Ints.Select(axis => (int)axis)] : [.. Enumerable.Range(0, rank).Reverse()];
        return order.Order().SequenceEqual(Enumerable.Range(0, rank)) ? order : throw Error(node, $"perm ({string.Join(", ", order)}) is no order of {rank} dimensions");
    }

    private static int[] Broadcast(OnnxNode node, TensorInfo?[] inputs)
    {
        int rank = 0;
        foreach (TensorInfo? input in inputs)
            rank = Math.Max(rank, input?.Rank ?? 0);
        int[] sizes = SpatialWindow.Ones(rank);
        foreach (TensorInfo? input in inputs)
            for (int back = 1; back <= (input?.Rank ?? 0); back++)
            {
                int size = input!.Dimensions[^back];
                if (size != 1 && sizes[^back] != 1 && sizes[^back] != size)
                    throw Error(node, $"shapes {string.Join(" and ", inputs.Select(info => $"({string.Join(", ", info!.Dimensions)})"))} do not fit together");
                sizes[^back] = sizes[^back] == 1 ? size : sizes[^back];
            }
        return sizes;
    }

    private static int[]? Convolution(OnnxNode node, TensorInfo input, TensorInfo weight)
    {
        var window = SpatialWindow.Of(node, input.Dimensions, weight.Dimensions);
        return window is null ? null : [input.Dimensions[0], weight.Dimensions[0], .. window.Outputs];
    }

    private static int[]? Pooling(OnnxNode node, TensorInfo input)
    {
        var window = SpatialWindow.Of(node, input.Dimensions, null);
        return window is null || window.Ceil ? null : [input.Dimensions[0], input.Dimensions[1], .. window.Outputs];
    }

    private static int[] Product(OnnxNode node, int[] left, int[] right)
    {
        int[] rows = left.Length == 1 ? [1, .. left] : left, columns = right.Length == 1 ? [.. right, 1] : right;
        if (rows.Length < 2 || columns.Length < 2 || rows[^1] != columns[^2])
            throw Error(node, $"matrices ({string.Join(", ", left)}) and ({string.Join(", ", right)}) do not multiply");
        int[] leading = Broadcast(node, [new TensorInfo(OnnxElementType.Float, rows[..^2]), new TensorInfo(OnnxElementType.Float, columns[..^2])]);
        return [.. leading, .. left.Length == 1 ? Array.Empty<int>() : [rows[^2]], .. right.Length == 1 ? Array.Empty<int>() : [columns[^1]]];
    }

    private static int[] Gemm(OnnxNode node, TensorInfo a, TensorInfo b)
    {
        if (a.Rank != 2 || b.Rank != 2)
            throw Error(node, $"Gemm takes matrices, got {a} and {b}");
        bool turnA = node.Find("transA")?.Int is not (null or 0), turnB = node.Find("transB")?.Int is not (null or 0);
        (int rows, int inner) = turnA ? (a.Dimensions[1], a.Dimensions[0]) : (a.Dimensions[0], a.Dimensions[1]);
        (int other, int columns) = turnB ? (b.Dimensions[1], b.Dimensions[0]) : (b.Dimensions[0], b.Dimensions[1]);
        return inner == other ? [rows, columns] : throw Error(node, $"matrices {a} and {b} do not multiply");
    }

    private static int[] Concat(OnnxNode node, TensorInfo?[] inputs)
    {
        int[] sizes = [.. inputs[0]!.Dimensions];
        int axis = Axis(node, node.Find("axis")?.Int ?? throw Error(node, "Concat has no axis"), sizes.Length);
        foreach (TensorInfo? input in inputs.Skip(1))
        {
            if (input is null || input.Rank != sizes.Length || Enumerable.Range(0, sizes.Length).Any(i => i != axis && input.Dimensions[i] != sizes[i]))
                throw Error(node, $"{inputs[0]} and {input} do not follow each other along axis {axis}");
            sizes[axis] = checked(sizes[axis] + input.Dimensions[axis]);
        }
        return sizes;
    }

    private static int[] Flatten(OnnxNode node, TensorInfo input)
    {
        long axis = node.Find("axis")?.Int ?? 1;
        int cut = (int)(axis < 0 ? axis + input.Rank : axis);
        if (cut < 0 || cut > input.Rank)
            throw Error(node, $"axis {axis} is not within {input}");
        return [Length(input.Dimensions[..cut]), Length(input.Dimensions[cut..])];
    }

    /// <summary>An axis counted from the front.</summary>
    public static int Axis(OnnxNode node, long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Error(node, $"axis {axis} is not within {rank} dimensions");

    private static int Length(int[] sizes) => sizes.Aggregate(1, (product, size) => checked(product * size));

    private static TensorInfo Need(OnnxNode node, TensorInfo?[] inputs, int index) =>
        index < inputs.Length && inputs[index] is { } info ? info : throw Error(node, $"input {index + 1} is missing");

    private static ModelFormatException Error(OnnxNode node, string what) => new($"node {node.Label} ({Printable.Shorten(node.Operator, 80)}): {what}");
}
