using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Where the largest and smallest elements are, sums along an axis, and different values.</summary>
internal static class Ranking
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("ArgMax", 1, (1, 1), "axis keepdims", call => Extreme(call, 1)),
        OperatorDefinition.Of("ArgMax", 12, (1, 1), "axis keepdims select_last_index", call => Extreme(call, 1)),
        OperatorDefinition.Of("ArgMin", 1, (1, 1), "axis keepdims", call => Extreme(call, -1)),
        OperatorDefinition.Of("ArgMin", 12, (1, 1), "axis keepdims select_last_index", call => Extreme(call, -1)),
        new("TopK", 1, (1, 1), 2, "axis k", call => TopK(call, call.RequiredInt("k"))),
        new("TopK", 10, (2, 2), 2, "axis", call => TopK(call, call.RequiredInteger(1))),
        new("TopK", 11, (2, 2), 2, "axis largest sorted", call => TopK(call, call.RequiredInteger(1))),
        OperatorDefinition.Of("CumSum", 11, (2, 2), "exclusive reverse", call => Cumulated(call, product: false)),
        OperatorDefinition.Of("CumProd", 26, (2, 2), "exclusive reverse", call => Cumulated(call, product: true)),
        OperatorDefinition.Of("Hardmax", 1, (1, 1), "axis", call => Hardmax(call, coerced: true)),
        OperatorDefinition.Of("Hardmax", 13, (1, 1), "axis", call => Hardmax(call, coerced: false)),
        new("Unique", 11, (1, 1), 4, "axis sorted", Unique),
    ];

    /// <summary>
    /// Numbers whose order is that of the elements, whatever the type: integers whole, floats by their bits, NaN the
    /// largest as in NumPy.
    /// </summary>
    public static long[] Keys(OperatorCall call, OnnxTensor tensor)
    {
        if (tensor.ElementType == OnnxElementType.UInt64)
        {
            long[] keys = Elements.ToLongs(tensor);
            foreach (ref long key in keys.AsSpan())
                key ^= long.MinValue;
            return keys;
        }
        if (tensor.ElementType.IsInteger() || tensor.ElementType == OnnxElementType.Bool)
            return Elements.ToLongs(tensor);
        call.Require(tensor.ElementType.IsFloat(), $"it does not take {tensor.ElementType}");
        double[] values = Elements.ToDoubles(tensor);
        var result = new long[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            // Adding zero makes one of the two zeros.
            long bits = BitConverter.DoubleToInt64Bits(values[i] + 0.0);
            result[i] = double.IsNaN(values[i]) ? long.MaxValue : bits < 0 ? bits ^ long.MaxValue : bits;
        }
        return result;
    }

    private static OnnxTensor Extreme(OperatorCall call, int sign)
    {
        OnnxTensor input = call.Input(0);
        int axis = call.Axis(call.Int("axis", 0), input.Rank);
        bool last = call.Flag("select_last_index"), keeps = call.Flag("keepdims", true);
        Rows rows = Rows.Along(call, input, [axis]);
        call.Require(rows.Length > 0, "there is no element along the axis");
        long[] keys = Keys(call, rows.Tensor);
        var result = new long[rows.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = Best(keys.AsSpan(i * rows.Length, rows.Length), sign, last);
        return call.NewLongs(keeps ? rows.Kept : [.. rows.Kept.Where((_, at) => at != axis)], result);
    }

    private static int Best(ReadOnlySpan<long> row, int sign, bool last)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            int order = row[i].CompareTo(row[best]) * sign;
            if (order > 0 || (last && order == 0))
                best = i;
        }
        return best;
    }

    /// <summary>Equal elements come in the order of their indices.</summary>
    private static OnnxTensor[] TopK(OperatorCall call, long count)
    {
        OnnxTensor input = call.Input(0);
        int axis = call.Axis(call.Int("axis", -1), input.Rank);
        bool largest = call.Flag("largest", true);
        _ = call.Flag("sorted", true);
        Rows rows = Rows.Along(call, input, [axis]);
        call.Require(count >= 0 && count <= rows.Length, $"k is {count} of {rows.Length} elements");
        int k = (int)count;
        long[] keys = Keys(call, rows.Tensor);
        int[] order = new int[rows.Length], places = new int[rows.Count * k];
        var indices = new long[places.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = i;
            int start = row * rows.Length;
            order.AsSpan().Sort((a, b) => (largest ? keys[start + b].CompareTo(keys[start + a]) : keys[start + a].CompareTo(keys[start + b])) is var by and not 0 ? by : a.CompareTo(b));
            for (int i = 0; i < k; i++)
                places[(row * k) + i] = start + (int)(indices[(row * k) + i] = order[i]);
        }
        // The axis is last in the rows; it goes back to its place.
        int[] shape = [.. rows.Kept.Where((_, at) => at != axis), k];
        int[] back = [.. Enumerable.Range(0, shape.Length).Select(at => at < axis ? at : at == axis ? shape.Length - 1 : at - 1)];
        OnnxTensor Placed(OnnxTensor flat) => Movements.Transpose(call, call.Reshaped(flat, shape), back);
        OnnxTensor values = AxisTables.Pick(call, rows.Tensor, [places]);
        return [Placed(values), Placed(call.NewLongs([indices.Length], indices))];
    }

    private static OnnxTensor Cumulated(OperatorCall call, bool product)
    {
        OnnxTensor input = call.Input(0);
        int axis = call.Axis(call.RequiredInteger(1), input.Rank);
        bool exclusive = call.Flag("exclusive"), reverse = call.Flag("reverse");
        Rows rows = Rows.Along(call, input, [axis]);
        OnnxElementType type = input.ElementType;
        if (type.IsFloat())
        {
            double[] values = Elements.ToDoubles(rows.Tensor);
            Cumulate(values, rows.Length, exclusive, reverse, product ? 1 : 0, product ? (a, b) => a * b : (a, b) => a + b);
            return rows.Restore(call, Elements.FromDoubles(type, rows.Tensor.Dimensions, values));
        }
        call.Require(type.IsInteger(), $"it does not take {type}");
        long[] whole = Elements.ToLongs(rows.Tensor);
        Cumulate(whole, rows.Length, exclusive, reverse, product ? 1 : 0, product ? (a, b) => a * b : (a, b) => a + b);
        return rows.Restore(call, Elements.FromLongs(type, rows.Tensor.Dimensions, whole));
    }

    private static void Cumulate<T>(Span<T> values, int length, bool exclusive, bool reverse, T start, Func<T, T, T> add)
    {
        for (int row = 0; row < values.Length; row += length)
        {
            T so = start;
            for (int i = 0; i < length; i++)
            {
                ref T value = ref values[row + (reverse ? length - 1 - i : i)];
                T with = add(so, value);
                value = exclusive ? so : with;
                so = with;
            }
        }
    }

    /// <summary>1 for the first largest element of a row. Before version 13 a row is everything from the axis on.</summary>
    private static OnnxTensor Hardmax(OperatorCall call, bool coerced)
    {
        Rows rows = Softmaxes.Along(call, call.FloatInput(0), coerced);
        long[] keys = Keys(call, rows.Tensor);
        var values = new double[keys.Length];
        for (int row = 0; row < rows.Count && rows.Length > 0; row++)
            values[(row * rows.Length) + Best(keys.AsSpan(row * rows.Length, rows.Length), 1, last: false)] = 1;
        return rows.Restore(call, Elements.FromDoubles(rows.Tensor.ElementType, rows.Tensor.Dimensions, values));
    }

    /// <summary>Different elements, or different slices along an axis, in order or as they come.</summary>
    private static OnnxTensor[] Unique(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        bool flat = call.Node.Find("axis") is null, sorted = call.Flag("sorted", true);
        OnnxTensor source = flat ? call.Reshaped(input, [input.Count]) : input;
        int axis = flat ? 0 : call.Axis(call.Int("axis", 0), input.Rank);
        int count = source.Dimensions[axis];
        // The slices one after the other, each as numbers in order.
        int[] others = [.. Enumerable.Range(0, source.Rank).Where(at => at != axis)];
        Rows rows = Rows.Along(call, source, others);
        long[] keys = Keys(call, rows.Tensor);
        int Compare(int a, int b) => keys.AsSpan(a * rows.Length, rows.Length).SequenceCompareTo(keys.AsSpan(b * rows.Length, rows.Length));
        int[] order = [.. Enumerable.Range(0, count)];
        order.AsSpan().Sort((a, b) => Compare(a, b) is var by and not 0 ? by : a.CompareTo(b));
        var groups = new List<List<int>>();
        foreach (int slice in order)
            if (groups.Count > 0 && Compare(groups[^1][0], slice) == 0)
                groups[^1].Add(slice);
            else
                groups.Add([slice]);
        if (!sorted)
            groups.Sort((a, b) => a[0].CompareTo(b[0]));
        var inverse = new long[count];
        for (int i = 0; i < groups.Count; i++)
            foreach (int slice in groups[i])
                inverse[slice] = i;
        int[][] tables = AxisTables.Identity(source);
        int[] along = tables[axis];
        tables[axis] = [.. groups.Select(group => along[group[0]])];
        return
        [
            AxisTables.Pick(call, source, tables),
            call.NewLongs([groups.Count], [.. groups.Select(group => (long)group[0])]),
            call.NewLongs([count], inverse),
            call.NewLongs([groups.Count], [.. groups.Select(group => (long)group.Count)]),
        ];
    }
}
