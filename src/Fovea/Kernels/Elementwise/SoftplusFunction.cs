using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>ln(1 + e^(beta · x)) / beta, and x where beta · x is above the threshold; the derivative is the sigmoid of beta · x.</summary>
internal readonly struct SoftplusFunction(float beta, float threshold) : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector scaled = TSimd.Multiply(x, TSimd.Broadcast(beta));
        TVector soft = TSimd.Multiply(Exponentials.LogOnePlusExp<TSimd, TVector>(scaled), TSimd.Broadcast(1 / beta));
        return TSimd.Select(TSimd.Greater(scaled, TSimd.Broadcast(threshold)), x, soft);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector scaled = TSimd.Multiply(x, TSimd.Broadcast(beta));
        TVector soft = TSimd.Multiply(Exponentials.Sigmoid<TSimd, TVector>(scaled), g);
        return TSimd.Select(TSimd.Greater(scaled, TSimd.Broadcast(threshold)), g, soft);
    }
}
