using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>
/// A movement axis by axis: the element at (i, j, …) comes from offset table₀[i] + table₁[j] + … of the source. Slices,
/// transpositions, tiles, padding, gathering and nearest-neighbour resizing are all of this kind. A negative entry stands
/// for the fill value.
/// </summary>
internal static class AxisTables
{
    /// <summary>Stands for an element outside the source.</summary>
    public const int Outside = -1;

    /// <summary>A table for an axis of the source: its elements in order, by their distance.</summary>
    public static int[] Along(int size, int stride)
    {
        var table = new int[size];
        for (int i = 0; i < size; i++)
            table[i] = i * stride;
        return table;
    }

    /// <summary>One table for every axis of a tensor, each in order.</summary>
    public static int[][] Identity(OnnxTensor source)
    {
        int[] strides = Sizes.Strides(source.Dimensions);
        var tables = new int[source.Rank][];
        for (int axis = 0; axis < tables.Length; axis++)
            tables[axis] = Along(source.Dimensions[axis], strides[axis]);
        return tables;
    }

    /// <summary>The tensor that the tables pick, as many dimensions as tables.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="source">Where elements come from.</param>
    /// <param name="tables">A table for every dimension of the result.</param>
    /// <param name="fill">One element of the source's type for what lies outside; zero if it is null.</param>
    public static OnnxTensor Pick(OperatorCall call, OnnxTensor source, int[][] tables, OnnxTensor? fill = null) =>
        Movement.Apply(call, source.ElementType, [.. tables.Select(table => table.Length)], source, fill, new Tabled(tables));

    private readonly struct Tabled(int[][] tables) : IMovement
    {
        public void Run<T>(OnnxTensor first, OnnxTensor? second, ReadOnlySpan<T> source, ReadOnlySpan<T> other, int[] sizes, Span<T> target)
        {
            T fill = other.IsEmpty ? default! : other[0];
            if (tables.Length == 0)
                target[0] = source[0];
            else if (target.Length > 0)
                Fill(tables, source, fill, target);
        }

        private static void Fill<T>(int[][] tables, ReadOnlySpan<T> source, T fill, Span<T> target)
        {
            int last = tables.Length - 1;
            int[] row = tables[last];
            bool together = row[0] >= 0;
            for (int i = 1; i < row.Length; i++)
                together &= row[i] == row[0] + i;
            var index = new int[tables.Length];
            for (int at = 0; at < target.Length; at += row.Length)
            {
                int offset = 0;
                for (int axis = 0; axis < last && offset >= 0; axis++)
                {
                    int entry = tables[axis][index[axis]];
                    offset = entry < 0 ? Outside : offset + entry;
                }
                Span<T> part = target.Slice(at, row.Length);
                if (offset < 0)
                    part.Fill(fill);
                else if (together)
                    source.Slice(offset + row[0], row.Length).CopyTo(part);
                else
                    for (int i = 0; i < row.Length; i++)
                        part[i] = row[i] < 0 ? fill : source[offset + row[i]];
                for (int axis = last - 1; axis >= 0 && ++index[axis] == tables[axis].Length; axis--)
                    index[axis] = 0;
            }
        }
    }
}
