using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>The rectifier whose negative side has a slope, forward and backward.</summary>
internal static unsafe class LeakyRectifier
{
    /// <summary>
    /// destination = selector > 0 ? values : slope · values. Forward selects by the input and scales the input, backward
    /// selects by the input and scales the output gradient.
    /// </summary>
    public static void ScaleUnlessPositive(ReadOnlySpan<float> selector, float slope, ReadOnlySpan<float> values, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, selector.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, selector.Length);
        fixed (float* s = selector, v = values, d = destination)
        {
            int done = SimdWidth.Bits switch
            {
                512 => ScaleUnlessPositive<Simd512, Vector512<float>>(s, slope, v, d, 0, selector.Length),
                256 => ScaleUnlessPositive<Simd256, Vector256<float>>(s, slope, v, d, 0, selector.Length),
                128 => ScaleUnlessPositive<Simd128, Vector128<float>>(s, slope, v, d, 0, selector.Length),
                _ => 0,
            };
            ScaleUnlessPositive<SimdScalar, float>(s, slope, v, d, done, selector.Length);
        }
    }

    internal static int ScaleUnlessPositive<TSimd, TVector>(float* selector, float slope, float* values, float* destination, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector factor = TSimd.Broadcast(slope);
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector positive = TSimd.Greater(TSimd.Load(selector + i), TSimd.Zero), value = TSimd.Load(values + i);
            TSimd.Store(TSimd.Or(TSimd.And(positive, value), TSimd.AndNot(TSimd.Multiply(value, factor), positive)), destination + i);
        }
        return i;
    }
}
