using System.Diagnostics;
using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Benchmarks;

/// <summary>The most multiply-adds one core makes: twelve independent chains held in registers, no memory at all.</summary>
internal static class PeakFlops
{
    private const int Rounds = 2_000_000;

    /// <summary>GF/s of one core at the width that the kernels use; a multiply-add counts two.</summary>
    public static double Measure() => SimdWidth.Bits switch
    {
        512 => Measure<Simd512>(),
        256 => Measure<Simd256>(),
        128 => Measure<Simd128>(),
        _ => Measure<SimdScalar>(),
    };

    private static double Measure<TVector>()
        where TVector : unmanaged, ISimd<TVector>
    {
        double best = double.MaxValue;
        for (int run = 0; run < 10; run++)
        {
            long start = Stopwatch.GetTimestamp();
            float sum = Chains<TVector>(0.5f);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (float.IsFinite(sum))
                best = Math.Min(best, seconds);
        }
        return 2.0 * 12 * TVector.Count * Rounds / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Chains<TVector>(float value)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector x = TVector.Broadcast(value);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = TVector.MultiplyAdd(a, x, x);
            b = TVector.MultiplyAdd(b, x, x);
            c = TVector.MultiplyAdd(c, x, x);
            d = TVector.MultiplyAdd(d, x, x);
            e = TVector.MultiplyAdd(e, x, x);
            f = TVector.MultiplyAdd(f, x, x);
            g = TVector.MultiplyAdd(g, x, x);
            h = TVector.MultiplyAdd(h, x, x);
            i = TVector.MultiplyAdd(i, x, x);
            j = TVector.MultiplyAdd(j, x, x);
            k = TVector.MultiplyAdd(k, x, x);
            l = TVector.MultiplyAdd(l, x, x);
        }
        TVector sum = TVector.Add(TVector.Add(TVector.Add(a, b), TVector.Add(c, d)), TVector.Add(TVector.Add(e, f), TVector.Add(g, h)));
        return TVector.Sum(TVector.Add(sum, TVector.Add(TVector.Add(i, j), TVector.Add(k, l))));
    }
}
