using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The normal distribution with mean 0 and deviation 1, for GELU. The tail beyond |x| is exp(−x²/2) times a polynomial in
/// t − ½ with t = 1 / (1 + 0.35 |x|), a form that goes back to Hastings, "Approximations for digital computers" (1955);
/// <c>tools/golden/normal_distribution.py</c> fitted it, and 2 to the power of a fraction. Rounding included, the probability
/// is off by less than 2·10⁻⁷.
/// </summary>
internal static class NormalDistribution
{
    private const float P = 0.35f;
    private const float C0 = 0.126622254f, C1 = 0.424726319f, C2 = 0.485508336f, C3 = 0.322144784f;
    private const float C4 = 0.0579070666f, C5 = -0.160555957f, C6 = 0.0491252369f;
    private const float E1 = 0.693147207f, E2 = 0.240226512f, E3 = 0.0555032721f;
    private const float E4 = 0.0096180256f, E5 = 0.00134004322f, E6 = 0.00015469732f;
    private const float DensityAtZero = 0.39894228f;
    private const float HalfLog2E = 0.72134752f;

    /// <summary>Adding it leaves a float's whole part in the lowest bits of its mantissa, the bias of an exponent included.</summary>
    private const float WholeBits = 12582912 + ExponentBias;
    private const int ExponentBias = 127, MantissaBits = 23;

    /// <summary>Φ(x) of every lane, exactly 0 far out on the left.</summary>
    /// <param name="x">Any numbers.</param>
    /// <param name="density">φ(x) = exp(−x²/2) / √(2π).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cumulative<TSimd, TVector>(TVector x, out TVector density)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector one = TSimd.Broadcast(1);
        TVector magnitude = TSimd.Max(x, TSimd.Subtract(TSimd.Zero, x));
        TVector t = TSimd.Divide(one, TSimd.MultiplyAdd(magnitude, TSimd.Broadcast(P), one));
        t = TSimd.Subtract(t, TSimd.Broadcast(0.5f));
        TVector bell = Bell<TSimd, TVector>(x);
        TVector tail = TSimd.MultiplyAdd(t, TSimd.Broadcast(C6), TSimd.Broadcast(C5));
        tail = TSimd.MultiplyAdd(tail, t, TSimd.Broadcast(C4));
        tail = TSimd.MultiplyAdd(tail, t, TSimd.Broadcast(C3));
        tail = TSimd.MultiplyAdd(tail, t, TSimd.Broadcast(C2));
        tail = TSimd.MultiplyAdd(tail, t, TSimd.Broadcast(C1));
        tail = TSimd.MultiplyAdd(tail, t, TSimd.Broadcast(C0));
        tail = TSimd.Multiply(tail, bell);
        density = TSimd.Multiply(bell, TSimd.Broadcast(DensityAtZero));
        return TSimd.Select(TSimd.Greater(x, TSimd.Zero), TSimd.Subtract(one, tail), tail);
    }

    /// <summary>exp(−x²/2) as 2 to the power of −x² / (2 ln 2), which is cut into a whole number and a fraction of at most a half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Bell<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector bits = TSimd.Broadcast(WholeBits);
        TVector exponent = TSimd.Multiply(TSimd.Multiply(x, x), TSimd.Broadcast(-HalfLog2E));
        // Below, and at, the least exponent the power is 0.
        exponent = TSimd.Clamp(exponent, TSimd.Broadcast(-ExponentBias), TSimd.Zero);
        TVector whole = TSimd.Add(exponent, bits);
        TVector fraction = TSimd.Subtract(exponent, TSimd.Subtract(whole, bits));
        TVector power = TSimd.MultiplyAdd(fraction, TSimd.Broadcast(E6), TSimd.Broadcast(E5));
        power = TSimd.MultiplyAdd(power, fraction, TSimd.Broadcast(E4));
        power = TSimd.MultiplyAdd(power, fraction, TSimd.Broadcast(E3));
        power = TSimd.MultiplyAdd(power, fraction, TSimd.Broadcast(E2));
        power = TSimd.MultiplyAdd(power, fraction, TSimd.Broadcast(E1));
        power = TSimd.MultiplyAdd(power, fraction, TSimd.Broadcast(1));
        return TSimd.Multiply(power, TSimd.ShiftLeft(whole, MantissaBits));
    }
}
