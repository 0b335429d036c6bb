using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>A tensor seen as rows along some of its axes, which an operation takes together.</summary>
/// <param name="Tensor">The tensor with these axes moved to its end.</param>
/// <param name="Length">How many elements a row has: those along the axes.</param>
/// <param name="Count">How many rows there are: one for every element along the other axes.</param>
/// <param name="Kept">The shape with a 1 for each of these axes.</param>
internal readonly record struct Rows(OnnxTensor Tensor, int Length, int Count, int[] Kept)
{
    private int[]? Back { get; init; }

    private int[] Original { get; init; } = [];

    /// <summary>The rows of a tensor along axes that are counted from the front and all different.</summary>
    public static Rows Along(OperatorCall call, OnnxTensor tensor, ReadOnlySpan<int> axes)
    {
        int rank = tensor.Rank;
        var order = new List<int>();
        for (int axis = 0; axis < rank; axis++)
            if (!axes.Contains(axis))
                order.Add(axis);
        int others = order.Count;
        for (int axis = 0; axis < rank; axis++)
            if (axes.Contains(axis))
                order.Add(axis);
        int[] kept = tensor.Dimensions.ToArray();
        int length = 1, count = 1;
        for (int i = 0; i < rank; i++)
            if (i < others)
                count *= kept[order[i]];
            else
                length *= kept[order[i]];
        foreach (int axis in axes)
            kept[axis] = 1;
        bool moved = !order.SequenceEqual(Enumerable.Range(0, rank));
        int[] original = tensor.Dimensions.ToArray();
        if (moved)
            tensor = AxisTables.Pick(call, tensor, [.. Turned(AxisTables.Identity(tensor), order)]);
        return new Rows(tensor, length, count, kept) { Back = moved ? Inverse(order) : null, Original = original };
    }

    /// <summary>A result laid out as the rows are, with its axes where they were.</summary>
    public OnnxTensor Restore(OperatorCall call, OnnxTensor result) =>
        Back is null ? call.Reshaped(result, Original) : AxisTables.Pick(call, result, [.. Turned(AxisTables.Identity(call.Reshaped(result, Tensor.Dimensions)), Back)]);

    private static IEnumerable<int[]> Turned(int[][] tables, IEnumerable<int> order) => order.Select(axis => tables[axis]);

    private static int[] Inverse(List<int> order)
    {
        var result = new int[order.Count];
        for (int i = 0; i < result.Length; i++)
            result[order[i]] = i;
        return result;
    }
}
