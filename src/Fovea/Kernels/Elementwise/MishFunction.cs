using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x tanh(ln(1 + eˣ)); with e = eˣ and n = e (e + 2), the hyperbolic tangent is n / (n + 2) and its derivative 4 e (1 + e) / (n + 2)².</summary>
internal readonly struct MishFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector e = TSimd.Exp(Limit<TSimd, TVector>(x)), n = TSimd.Multiply(e, TSimd.Add(e, TSimd.Broadcast(2)));
        return TSimd.Multiply(x, TSimd.Divide(n, TSimd.Add(n, TSimd.Broadcast(2))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector limited = Limit<TSimd, TVector>(x), e = TSimd.Exp(limited);
        TVector n = TSimd.Multiply(e, TSimd.Add(e, TSimd.Broadcast(2))), inverse = TSimd.Divide(TSimd.Broadcast(1), TSimd.Add(n, TSimd.Broadcast(2)));
        TVector slope = TSimd.Multiply(TSimd.Multiply(e, TSimd.MultiplyAdd(e, TSimd.Broadcast(4), TSimd.Broadcast(4))), TSimd.Multiply(inverse, inverse));
        return TSimd.Multiply(TSimd.MultiplyAdd(limited, slope, TSimd.Multiply(n, inverse)), g);
    }

    /// <summary>From 20 on the function is x to the last bit, and n would overflow later on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Limit<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TSimd.Clamp(x, TSimd.Broadcast(float.NegativeInfinity), TSimd.Broadcast(20));
}
