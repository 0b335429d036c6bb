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
                512 => ScaleUnlessPositive<Simd512>(s, slope, v, d, 0, selector.Length),
                256 => ScaleUnlessPositive<Simd256>(s, slope, v, d, 0, selector.Length),
                128 => ScaleUnlessPositive<Simd128>(s, slope, v, d, 0, selector.Length),
                _ => 0,
            };
            ScaleUnlessPositive<SimdScalar>(s, slope, v, d, done, selector.Length);
        }
    }

    internal static int ScaleUnlessPositive<TVector>(float* selector, float slope, float* values, float* destination, int i, int length)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector factor = TVector.Broadcast(slope);
        for (; i + TVector.Count <= length; i += TVector.Count)
        {
            TVector positive = TVector.Greater(TVector.Load(selector + i), TVector.Zero), value = TVector.Load(values + i);
            TVector.Store(TVector.Or(TVector.And(positive, value), TVector.AndNot(TVector.Multiply(value, factor), positive)), destination + i);
        }
        return i;
    }
}
