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

    /// <summary>Σ (x − shift) and Σ (x − shift)² of each of 16 samples side by side.</summary>
    /// <param name="values">(pixels, 16).</param>
    /// <param name="shifts">A number near the values of each sample, such as the first: (16).</param>
    /// <param name="sums">(16).</param>
    /// <param name="squares">(16).</param>
    public static void OfLanes(ReadOnlySpan<float> values, ReadOnlySpan<float> shifts, Span<double> sums, Span<double> squares) =>
        ReduceLanes<Self>(values, values, shifts, sums, squares);

    /// <summary>Σ g and Σ g (x − shift) of each of 16 samples side by side.</summary>
    /// <param name="gradient">(pixels, 16).</param>
    /// <param name="values">(pixels, 16).</param>
    /// <param name="shifts">What is subtracted from the values of each sample: (16).</param>
    /// <param name="sums">(16).</param>
    /// <param name="products">(16).</param>
    public static void OfLaneProducts(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, ReadOnlySpan<float> shifts, Span<double> sums, Span<double> products) =>
        ReduceLanes<Gradient>(gradient, values, shifts, sums, products);

    private static (double, double) Reduce<TFactor>(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, float shift, int lanes, int count)
        where TFactor : struct, IFactor
    {
        Vector512<double> shifts = Vector512.Create((double)shift);
        Vectors vectors = Add<TFactor>(gradient, values, shifts, shifts);
        double sum = 0, product = 0;
        int real = lanes == 1 ? Partials : count;
        for (int lane = 0; lane < real; lane++)
        {
            sum += lane < Partials / 2 ? vectors.Sum0[lane] : vectors.Sum1[lane - Partials / 2];
            product += lane < Partials / 2 ? vectors.Product0[lane] : vectors.Product1[lane - Partials / 2];
        }
        for (int i = values.Length / Partials * Partials; i < values.Length; i++)
        {
            double d = (double)values[i] - shift, f = TFactor.Of(gradient[i], d);
            sum += f;
            product += f * d;
        }
        return (sum, product);
    }

    private static void ReduceLanes<TFactor>(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, ReadOnlySpan<float> shifts, Span<double> sums, Span<double> products)
        where TFactor : struct, IFactor
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length % Partials, 0);
        Vectors vectors = Add<TFactor>(gradient, values, Widen(Vector256.Create(shifts)), Widen(Vector256.Create(shifts[(Partials / 2)..])));
        vectors.Sum0.CopyTo(sums);
        vectors.Sum1.CopyTo(sums[(Partials / 2)..]);
        vectors.Product0.CopyTo(products);
        vectors.Product1.CopyTo(products[(Partials / 2)..]);
    }

    /// <summary>The sixteen partial sums, without the values that do not fill up the last sixteen.</summary>
    private static Vectors Add<TFactor>(ReadOnlySpan<float> gradient, ReadOnlySpan<float> values, Vector512<double> shift0, Vector512<double> shift1)
        where TFactor : struct, IFactor
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, values.Length);
        ReadOnlySpan<Vector256<float>> x = MemoryMarshal.Cast<float, Vector256<float>>(values);
        ReadOnlySpan<Vector256<float>> g = MemoryMarshal.Cast<float, Vector256<float>>(gradient)[..x.Length];
        Vector512<double> sum0 = default, sum1 = default, product0 = default, product1 = default;
        for (int i = 0; i + 1 < x.Length; i += 2)
        {
            Vector512<double> d0 = Widen(x[i]) - shift0, d1 = Widen(x[i + 1]) - shift1;
            Vector512<double> f0 = TFactor.Of(g[i], d0), f1 = TFactor.Of(g[i + 1], d1);
            sum0 += f0;
            sum1 += f1;
            product0 += f0 * d0;
            product1 += f1 * d1;
        }
        return new Vectors(sum0, sum1, product0, product1);
    }

    private readonly record struct Vectors(Vector512<double> Sum0, Vector512<double> Sum1, Vector512<double> Product0, Vector512<double> Product1);

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
