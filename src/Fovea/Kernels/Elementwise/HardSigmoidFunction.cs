using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>(x + 3) / 6, but not below 0 nor above 1.</summary>
internal readonly struct HardSigmoidFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(TSimd.Clamp(TSimd.Add(x, TSimd.Broadcast(3)), TSimd.Zero, TSimd.Broadcast(6)), TSimd.Broadcast(1 / 6f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector between = TSimd.And(TSimd.Greater(x, TSimd.Broadcast(-3)), TSimd.Greater(TSimd.Broadcast(3), x));
        return TSimd.And(between, TSimd.Multiply(g, TSimd.Broadcast(1 / 6f)));
    }
}
