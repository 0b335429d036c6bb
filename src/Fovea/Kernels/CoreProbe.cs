using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;
using Fovea.Tensors;

namespace Fovea.Kernels;

/// <summary>
/// What one core can do at most, measured in milliseconds: multiply-adds in twelve independent chains held in
/// registers, without any memory; and reading, without any arithmetic to speak of. At the width that the kernels use.
/// </summary>
internal static unsafe class CoreProbe
{
    private const int Chains = 12;

    /// <summary>GF/s, a multiply-add counting two; the best of several runs.</summary>
    /// <param name="rounds">Multiply-adds of every chain in one run.</param>
    /// <param name="runs">How often.</param>
    public static double Gflops(int rounds, int runs) => SimdWidth.Bits switch
    {
        512 => Gflops<Simd512, Vector512<float>>(rounds, runs),
        256 => Gflops<Simd256, Vector256<float>>(rounds, runs),
        128 => Gflops<Simd128, Vector128<float>>(rounds, runs),
        _ => Gflops<SimdScalar, float>(rounds, runs),
    };

    /// <summary>GB/s of reading a buffer again and again; the best of several runs.</summary>
    /// <param name="floats">The buffer's length, a multiple of 64: how far away from the core the data lie.</param>
    /// <param name="runs">How often it is read.</param>
    public static double ReadGigabytes(int floats, int runs) => SimdWidth.Bits switch
    {
        512 => ReadGigabytes<Simd512, Vector512<float>>(floats, runs),
        256 => ReadGigabytes<Simd256, Vector256<float>>(floats, runs),
        128 => ReadGigabytes<Simd128, Vector128<float>>(floats, runs),
        _ => ReadGigabytes<SimdScalar, float>(floats, runs),
    };

    private static double Gflops<TSimd, TVector>(int rounds, int runs)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        double best = double.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            float sum = Multiply<TSimd, TVector>(0.5f, rounds);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (float.IsFinite(sum))
                best = Math.Min(best, seconds);
        }
        return 2.0 * Chains * TSimd.Count * rounds / best / 1e9;
    }

    private static double ReadGigabytes<TSimd, TVector>(int floats, int runs)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        var buffer = new AlignedBuffer(floats);
        // A page that nobody has written is not in memory yet.
        buffer.Span.Fill(1);
        double best = double.MaxValue;
        fixed (float* source = buffer.Span)
            for (int run = 0; run < runs; run++)
            {
                long start = Stopwatch.GetTimestamp();
                float sum = Read<TSimd, TVector>(source, floats);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (sum > 0)
                    best = Math.Min(best, seconds);
            }
        return sizeof(float) * (double)floats / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Multiply<TSimd, TVector>(float value, int rounds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector x = TSimd.Broadcast(value);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < rounds; round++)
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

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Read<TSimd, TVector>(float* source, int floats)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a = TSimd.Zero, b = a, c = a, d = a;
        int step = 4 * TSimd.Count;
        for (float* end = source + floats / step * step; source < end; source += step)
        {
            a = TSimd.Add(a, TSimd.Load(source));
            b = TSimd.Add(b, TSimd.Load(source + TSimd.Count));
            c = TSimd.Add(c, TSimd.Load(source + 2 * TSimd.Count));
            d = TSimd.Add(d, TSimd.Load(source + 3 * TSimd.Count));
        }
        return TSimd.Sum(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)));
    }
}
