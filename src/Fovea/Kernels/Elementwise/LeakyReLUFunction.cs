using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x where positive, slope · x elsewhere.</summary>
internal readonly struct LeakyReLUFunction(float slope) : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Select(TSimd.Greater(x, TSimd.Zero), x, TSimd.Multiply(x, TSimd.Broadcast(slope)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Select(TSimd.Greater(x, TSimd.Zero), g, TSimd.Multiply(g, TSimd.Broadcast(slope)));
}
