using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Benchmarks;

/// <summary>The most multiply-adds one core makes: twelve independent chains held in registers, no memory at all.</summary>
internal static class PeakFlops
{
    private const int Rounds = 2_000_000;

    /// <summary>GF/s of several threads at once, at the width that the kernels use; a multiply-add counts two.</summary>
    public static double Measure(int threads)
    {
        var peaks = new double[threads];
        using var together = new Barrier(threads);
        Thread[] others = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            together.SignalAndWait();
            peaks[i] = MeasureOne();
        }))];
        foreach (Thread other in others)
            other.Start();
        foreach (Thread other in others)
            other.Join();
        return peaks.Sum();
    }

    private static double MeasureOne() => SimdWidth.Bits switch
    {
        512 => Measure<Simd512, Vector512<float>>(),
        256 => Measure<Simd256, Vector256<float>>(),
        128 => Measure<Simd128, Vector128<float>>(),
        _ => Measure<SimdScalar, float>(),
    };

    private static double Measure<TSimd, TVector>()
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        double best = double.MaxValue;
        for (int run = 0; run < 10; run++)
        {
            long start = Stopwatch.GetTimestamp();
            float sum = Chains<TSimd, TVector>(0.5f);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (float.IsFinite(sum))
                best = Math.Min(best, seconds);
        }
        return 2.0 * 12 * TSimd.Count * Rounds / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Chains<TSimd, TVector>(float value)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector x = TSimd.Broadcast(value);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = TSimd.MultiplyAdd(a, x, x);
            b = TSimd.MultiplyAdd(b, x, x);
            c = TSimd.MultiplyAdd(c, x, x);
            d = TSimd.MultiplyAdd(d, x, x);
            e = TSimd.MultiplyAdd(e, x, x);
            f = TSimd.MultiplyAdd(f, x, x);
            g = TSimd.MultiplyAdd(g, x, x);
            h = TSimd.MultiplyAdd(h, x, x);
            i = TSimd.MultiplyAdd(i, x, x);
            j = TSimd.MultiplyAdd(j, x, x);
            k = TSimd.MultiplyAdd(k, x, x);
            l = TSimd.MultiplyAdd(l, x, x);
        }
        TVector sum = TSimd.Add(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), TSimd.Add(TSimd.Add(e, f), TSimd.Add(g, h)));
        return TSimd.Sum(TSimd.Add(sum, TSimd.Add(TSimd.Add(i, j), TSimd.Add(k, l))));
    }
}
