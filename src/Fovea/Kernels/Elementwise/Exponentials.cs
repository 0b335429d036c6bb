using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>What several activations make of the exponential function.</summary>
internal static class Exponentials
{
    /// <summary>Below it, the difference of e^x and 1 has lost too many digits.</summary>
    private const float Small = 0.35f;

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, TSimd.Exp(TSimd.Subtract(TSimd.Zero, x))));
    }

    /// <summary>eˣ − 1: for small x by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpMinusOne<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector series = TSimd.MultiplyAdd(x, TSimd.Broadcast(1 / 5040f), TSimd.Broadcast(1 / 720f));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1 / 120f));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1 / 24f));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1 / 6f));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1 / 2f));
        series = TSimd.MultiplyAdd(TSimd.Multiply(x, x), series, x);
        TVector isSmall = TSimd.Greater(TSimd.Broadcast(Small * Small), TSimd.Multiply(x, x));
        return TSimd.Select(isSmall, series, TSimd.Subtract(TSimd.Exp(x), TSimd.Broadcast(1)));
    }

    /// <summary>
    /// ln(1 + eˣ): max(x, 0) + ln(1 + u) with u = e^−|x|, and ln(1 + u) as the series of 2 artanh(s) with s = u / (2 + u),
    /// which is at most a third.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LogOnePlusExp<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector negative = TSimd.Subtract(TSimd.Zero, x);
        TVector u = TSimd.Exp(TSimd.Subtract(TSimd.Zero, TSimd.Max(x, negative)));
        TVector s = TSimd.Divide(u, TSimd.Add(u, TSimd.Broadcast(2))), square = TSimd.Multiply(s, s);
        TVector series = TSimd.MultiplyAdd(square, TSimd.Broadcast(1 / 15f), TSimd.Broadcast(1 / 13f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1 / 11f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1 / 9f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1 / 7f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1 / 5f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1 / 3f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1));
        return TSimd.MultiplyAdd(TSimd.Add(s, s), series, TSimd.Max(x, TSimd.Zero));
    }
}
