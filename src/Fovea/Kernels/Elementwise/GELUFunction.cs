using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x Φ(x) with Φ the normal distribution; the derivative is Φ(x) + x φ(x).</summary>
internal readonly struct GELUFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(x, NormalDistribution.Cumulative<TSimd, TVector>(x, out _));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector cumulative = NormalDistribution.Cumulative<TSimd, TVector>(x, out TVector density);
        return TSimd.Multiply(TSimd.MultiplyAdd(x, density, cumulative), g);
    }
}
