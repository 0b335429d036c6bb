using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>s(x) = 1 / (1 + e⁻ˣ); s′ = s (1 − s).</summary>
internal readonly struct SigmoidFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Output;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => Exponentials.Sigmoid<TSimd, TVector>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(TSimd.Multiply(TSimd.Subtract(TSimd.Broadcast(1), y), y), g);
}
