using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// One direction of a separable filter over a image that lies row by row in one span: the direction is the distance
/// between taps, 1 along the rows, the row's pitch along the columns.
/// </summary>
internal static unsafe class ShiftedSum
{
    /// <summary>
    /// destination[i] = Σ_t taps[t] · source[i + t · step]. Every element's sum runs in the order of the taps, each
    /// product rounded together with its addition, so that the bits are the same on every processor.
    /// </summary>
    /// <param name="source">At least destination.Length + (taps.Length − 1) · step elements.</param>
    /// <param name="step">The distance between two taps, zero or more.</param>
    /// <param name="taps">The weights.</param>
    /// <param name="destination">Must not overlap the source.</param>
    /// <exception cref="ArgumentException">The source is too short.</exception>
    public static void Sum(ReadOnlySpan<float> source, int step, ReadOnlySpan<float> taps, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (taps.IsEmpty || source.Length < destination.Length + (long)(taps.Length - 1) * step)
            throw new ArgumentException($"{destination.Length} sums of {taps.Length} taps {step} apart need more than {source.Length} elements");
        fixed (float* from = source, to = destination, weights = taps)
        {
            int done = SimdWidth.Bits switch
            {
                512 => Sum<Simd512, Vector512<float>>(from, step, weights, taps.Length, to, 0, destination.Length),
                256 => Sum<Simd256, Vector256<float>>(from, step, weights, taps.Length, to, 0, destination.Length),
                128 => Sum<Simd128, Vector128<float>>(from, step, weights, taps.Length, to, 0, destination.Length),
                _ => 0,
            };
            Sum<SimdScalar, float>(from, step, weights, taps.Length, to, done, destination.Length);
        }
    }

    /// <summary>Four vectors of sums at a time, since each waits for the product before; returns how many are done.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Sum<TSimd, TVector>(float* source, int step, float* taps, int tapCount, float* destination, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int n = TSimd.Count;
        for (; i <= length - 4 * n; i += 4 * n)
        {
            TVector sum0 = TSimd.Zero, sum1 = TSimd.Zero, sum2 = TSimd.Zero, sum3 = TSimd.Zero;
            float* element = source + i;
            for (int t = 0; t < tapCount; t++, element += step)
            {
                TVector tap = TSimd.Broadcast(taps[t]);
                sum0 = TSimd.MultiplyAdd(tap, TSimd.Load(element), sum0);
                sum1 = TSimd.MultiplyAdd(tap, TSimd.Load(element + n), sum1);
                sum2 = TSimd.MultiplyAdd(tap, TSimd.Load(element + 2 * n), sum2);
                sum3 = TSimd.MultiplyAdd(tap, TSimd.Load(element + 3 * n), sum3);
            }
            TSimd.Store(sum0, destination + i);
            TSimd.Store(sum1, destination + i + n);
            TSimd.Store(sum2, destination + i + 2 * n);
            TSimd.Store(sum3, destination + i + 3 * n);
        }
        for (; i <= length - n; i += n)
        {
            TVector sum = TSimd.Zero;
            for (int t = 0; t < tapCount; t++)
                sum = TSimd.MultiplyAdd(TSimd.Broadcast(taps[t]), TSimd.Load(source + i + (long)t * step), sum);
            TSimd.Store(sum, destination + i);
        }
        return i;
    }
}
