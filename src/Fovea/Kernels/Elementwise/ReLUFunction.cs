using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>max(0, x).</summary>
internal readonly struct ReLUFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Output;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TSimd.Max(x, TSimd.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TSimd.And(TSimd.Greater(y, TSimd.Zero), g);
}
