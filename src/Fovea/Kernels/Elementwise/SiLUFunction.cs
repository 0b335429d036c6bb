using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x s(x) with s the sigmoid; the derivative s + y (1 − s) lies s of the way from y to 1.</summary>
internal readonly struct SiLUFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Both;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TSimd.Multiply(Exponentials.Sigmoid<TSimd, TVector>(x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector s = Exponentials.Sigmoid<TSimd, TVector>(x);
        return TSimd.Multiply(TSimd.MultiplyAdd(y, TSimd.Subtract(TSimd.Broadcast(1), s), s), g);
    }
}
