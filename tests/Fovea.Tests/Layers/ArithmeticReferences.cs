using Fovea.Tensors;

namespace Fovea.Tests.Layers;

/// <summary>What functions of two inputs mean, element by element of the output, in double precision.</summary>
internal static class ArithmeticReferences
{
    /// <summary>A function of the first two inputs, of that and the third, and so on, repeated as NumPy does.</summary>
    public static Reference Broadcast(Shape[] shapes, Shape output, Func<double, double, double> function) => (inputs, _, _) =>
        [.. inputs[0].Select((_, n) => Enumerable.Range(0, output.Length)
            .Select(i => Enumerable.Range(0, shapes.Length).Select(input => inputs[input][n][Place(i, output, shapes[input])]).Aggregate(function)).ToArray())];

    /// <summary>torch.matmul: an output is the sum over the left one's last dimension and the right one's last but one.</summary>
    public static Reference MatMul(Shape left, Shape right, Shape output) => (inputs, _, _) =>
    {
        int taps = left[left.Rank - 1];
        // Vectors are a row and a column.
        int[] rows = left.Rank == 1 ? [1, taps] : left.ToArray(), columns = right.Rank == 1 ? [taps, 1] : right.ToArray();
        int m = rows[^2], n = columns[^1];
        int[] leading = [.. output.ToArray().SkipLast((left.Rank > 1 ? 1 : 0) + (right.Rank > 1 ? 1 : 0))];
        return [.. inputs[0].Select((_, sample) => Enumerable.Range(0, output.Length).Select(i =>
        {
            int place = i / (m * n), row = i / n % m, column = i % n;
            int leftMatrix = Place(place, new Shape(leading), new Shape(rows.AsSpan()[..^2])), rightMatrix = Place(place, new Shape(leading), new Shape(columns.AsSpan()[..^2]));
            return Enumerable.Range(0, taps).Sum(k => inputs[0][sample][(leftMatrix * m + row) * taps + k] * inputs[1][sample][(rightMatrix * taps + k) * n + column]);
        }).ToArray())];
    };

    /// <summary>Where an element of the output lies in an operand.</summary>
    private static int Place(int element, Shape output, Shape operand)
    {
        int place = 0;
        for (int back = 1, step = 1; back <= operand.Rank; back++)
        {
            int size = operand[operand.Rank - back], index = element % output[output.Rank - back];
            place += size == 1 ? 0 : index * step;
            step *= size;
            element /= output[output.Rank - back];
        }
        return place;
    }
}
