using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Tensors;

/// <summary>
/// Sums in double precision and in one fixed order: eight interleaved partial sums, then those by halves, then the remainder.
/// The order depends on the length alone, not on the machine's vectors.
/// </summary>
internal static class Reductions
{
    /// <summary>Σ x.</summary>
    public static double Sum(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector512<double> partial = Vector512<double>.Zero;
        foreach (Vector256<float> vector in vectors)
            partial += Widen(vector);
        double sum = AddLanes(partial);
        foreach (float value in values[(vectors.Length * Vector256<float>.Count)..])
            sum += value;
        return sum;
    }

    /// <summary>Σ x².</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values) => Dot(values, values);

    /// <summary>Σ x y.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"a dot product needs equal lengths, got {left.Length} and {right.Length}");
        ReadOnlySpan<Vector256<float>> lefts = MemoryMarshal.Cast<float, Vector256<float>>(left);
        ReadOnlySpan<Vector256<float>> rights = MemoryMarshal.Cast<float, Vector256<float>>(right);
        Vector512<double> partial = Vector512<double>.Zero;
        for (int i = 0; i < lefts.Length; i++)
            partial += Widen(lefts[i]) * Widen(rights[i]);
        double sum = AddLanes(partial);
        for (int i = lefts.Length * Vector256<float>.Count; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }

    private static Vector512<double> Widen(Vector256<float> vector)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(vector);
        return Vector512.Create(lower, upper);
    }

    private static double AddLanes(Vector512<double> partial)
    {
        Vector256<double> four = partial.GetLower() + partial.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }
}
