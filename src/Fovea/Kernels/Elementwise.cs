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
                512 => KeepWherePositive<Simd512>(s, v, d, 0, selector.Length),
                256 => KeepWherePositive<Simd256>(s, v, d, 0, selector.Length),
                128 => KeepWherePositive<Simd128>(s, v, d, 0, selector.Length),
                _ => 0,
            };
            KeepWherePositive<SimdScalar>(s, v, d, done, selector.Length);
        }
    }

    private static int KeepWherePositive<TVector>(float* selector, float* values, float* destination, int i, int length)
        where TVector : unmanaged, ISimd<TVector>
    {
        for (; i + TVector.Count <= length; i += TVector.Count)
        {
            TVector mask = TVector.Greater(TVector.Load(selector + i), TVector.Zero);
            TVector.Store(TVector.And(mask, TVector.Load(values + i)), destination + i);
        }
        return i;
    }
}
