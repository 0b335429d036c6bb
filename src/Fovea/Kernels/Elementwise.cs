using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>Element-wise arithmetic that System.Numerics.Tensors lacks.</summary>
internal static unsafe class Elementwise
{
    /// <summary>destination = selector > 0 ? values : 0.</summary>
    public static void KeepWherePositive(ReadOnlySpan<float> selector, ReadOnlySpan<float> values, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, selector.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, selector.Length);
        fixed (float* s = selector, v = values, d = destination)
        {
            int done = SimdWidth.Bits switch
            {
                512 => KeepWherePositive<Simd512, Vector512<float>>(s, v, d, 0, selector.Length),
                256 => KeepWherePositive<Simd256, Vector256<float>>(s, v, d, 0, selector.Length),
                128 => KeepWherePositive<Simd128, Vector128<float>>(s, v, d, 0, selector.Length),
                _ => 0,
            };
            KeepWherePositive<SimdScalar, float>(s, v, d, done, selector.Length);
        }
    }

    /// <summary>destination = lower &lt; selector &lt; upper ? values : 0.</summary>
    public static void KeepWhereBetween(ReadOnlySpan<float> selector, float lower, float upper, ReadOnlySpan<float> values, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, selector.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, selector.Length);
        fixed (float* s = selector, v = values, d = destination)
        {
            int done = SimdWidth.Bits switch
            {
                512 => KeepWhereBetween<Simd512, Vector512<float>>(s, lower, upper, v, d, 0, selector.Length),
                256 => KeepWhereBetween<Simd256, Vector256<float>>(s, lower, upper, v, d, 0, selector.Length),
                128 => KeepWhereBetween<Simd128, Vector128<float>>(s, lower, upper, v, d, 0, selector.Length),
                _ => 0,
            };
            KeepWhereBetween<SimdScalar, float>(s, lower, upper, v, d, done, selector.Length);
        }
    }

    internal static int KeepWhereBetween<TSimd, TVector>(float* selector, float lower, float upper, float* values, float* destination, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector low = TSimd.Broadcast(lower), high = TSimd.Broadcast(upper);
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector value = TSimd.Load(selector + i);
            TVector mask = TSimd.And(TSimd.Greater(value, low), TSimd.Greater(high, value));
            TSimd.Store(TSimd.And(mask, TSimd.Load(values + i)), destination + i);
        }
        return i;
    }

    private static int KeepWherePositive<TSimd, TVector>(float* selector, float* values, float* destination, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector mask = TSimd.Greater(TSimd.Load(selector + i), TSimd.Zero);
            TSimd.Store(TSimd.And(mask, TSimd.Load(values + i)), destination + i);
        }
        return i;
    }
}
