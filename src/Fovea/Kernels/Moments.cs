using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>
/// Sums over one channel's pixels and samples in double precision, in one order whatever the SIMD width: sixteen
/// interleaved partial sums, which are the lanes where samples lie side by side, and then those of real samples.
/// </summary>
internal static class Moments
{
    private const int Partials = 16;

    /// <summary>Σ (x − shift) and Σ (x − shift)² over the real samples.</summary>
    /// <param name="values">(pixels, lanes).</param>
    /// <param name="shift">A number near the values, such as the first, against cancellation.</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="count">How many lanes hold real samples.</param>
    public static (double Sum, double Squares) Of(ReadOnlySpan<float> values, float shift, int lanes, int count) =>
        Reduce<Self>(values, values, shift, lanes, count);

    /// <summary>Σ g and Σ g (x − shift) over the real samples.</summary>
    /// <param name="gradient">(pixels, lanes).</param>
    /// <param name="values">(pixels, lanes).</param>
    /// <param name="shift">What is subtracted from the values.</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="count">How many lanes hold real samples.</param>
    public static (double Sum, double Products) OfProducts(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, float shift, int lanes, int count) =>
        Reduce<Gradient>(gradient, values, shift, lanes, count);

    private static (double, double) Reduce<TFactor>(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, float shift, int lanes, int count)
        where TFactor : struct, IFactor
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, values.Length);
        ReadOnlySpan<Vector256<float>> x = MemoryMarshal.Cast<float, Vector256<float>>(values);
        ReadOnlySpan<Vector256<float>> g = MemoryMarshal.Cast<float, Vector256<float>>(gradient)[..x.Length];
        Vector512<double> shifts = Vector512.Create((double)shift);
        Vector512<double> sum0 = default, sum1 = default, product0 = default, product1 = default;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            Vector512<double> d0 = Widen(x[i]) - shifts, d1 = Widen(x[i + 1]) - shifts;
            Vector512<double> f0 = TFactor.Of(g[i], d0), f1 = TFactor.Of(g[i + 1], d1);
            sum0 += f0;
            sum1 += f1;
            product0 += f0 * d0;
            product1 += f1 * d1;
        }
        double sum = 0, product = 0;
        int real = lanes == 1 ? Partials : count;
        for (int lane = 0; lane < real; lane++)
        {
            sum += lane < Partials / 2 ? sum0[lane] : sum1[lane - Partials / 2];
            product += lane < Partials / 2 ? product0[lane] : product1[lane - Partials / 2];
        }
        for (i *= Vector256<float>.Count; i < values.Length; i++)
        {
            double d = (double)values[i] - shift, f = TFactor.Of(gradient[i], d);
            sum += f;
            product += f * d;
        }
        return (sum, product);
    }

    private static Vector512<double> Widen(Vector256<float> vector)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(vector);
        return Vector512.Create(lower, upper);
    }

    /// <summary>What is summed, and what the deviation is multiplied by.</summary>
    private interface IFactor
    {
        static abstract double Of(float gradient, double deviation);

        static abstract Vector512<double> Of(Vector256<float> gradient, Vector512<double> deviation);
    }

    private readonly struct Self : IFactor
    {
        public static double Of(float gradient, double deviation) => deviation;

        public static Vector512<double> Of(Vector256<float> gradient, Vector512<double> deviation) => deviation;
    }

    private readonly struct Gradient : IFactor
    {
        public static double Of(float gradient, double deviation) => gradient;

        public static Vector512<double> Of(Vector256<float> gradient, Vector512<double> deviation) => Widen(gradient);
    }
}
