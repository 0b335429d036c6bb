using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Tensors;

/// <summary>
/// Sums in double precision and in one fixed order: eight interleaved partial sums, then the lanes, then the remainder.
/// The order depends on the length alone. (<c>TensorPrimitives.Sum</c> starts at an aligned address, so its last bits
/// change with where the garbage collector happened to put the array.)
/// </summary>
internal static class Reductions
{
    /// <summary>Σ x.</summary>
    public static double Sum(ReadOnlySpan<float> values) => Reduce<Identity>(values);

    /// <summary>Σ x².</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values) => Reduce<Square>(values);

    private static double Reduce<TTerm>(ReadOnlySpan<float> values)
        where TTerm : struct, ITerm
    {
        ReadOnlySpan<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        Vector512<double> partial = Vector512<double>.Zero;
        foreach (Vector256<float> vector in vectors)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(vector);
            partial += TTerm.Of(Vector512.Create(lower, upper));
        }
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            sum += partial[lane];
        foreach (float value in values[(vectors.Length * Vector256<float>.Count)..])
            sum += TTerm.Of(value);
        return sum;
    }

    private interface ITerm
    {
        static abstract double Of(double value);

        static abstract Vector512<double> Of(Vector512<double> values);
    }

    private readonly struct Identity : ITerm
    {
        public static double Of(double value) => value;

        public static Vector512<double> Of(Vector512<double> values) => values;
    }

    private readonly struct Square : ITerm
    {
        public static double Of(double value) => value * value;

        public static Vector512<double> Of(Vector512<double> values) => values * values;
    }
}
