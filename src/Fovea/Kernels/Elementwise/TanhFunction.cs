using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>amplitude · tanh(slope · x); the derivative is slope (amplitude − y² / amplitude).</summary>
internal readonly struct TanhFunction(double amplitude, double slope) : IElementwise
{
    private readonly float _amplitude = (float)amplitude, _slope = (float)slope;
    private readonly float _square = (float)(-slope / amplitude), _steepest = (float)(slope * amplitude);

    public static GradientReads Reads => GradientReads.Output;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector scaled = TSimd.Multiply(x, TSimd.Broadcast(_slope));
        TVector magnitude = TSimd.Max(scaled, TSimd.Subtract(TSimd.Zero, scaled));
        // tanh |x| = −z / (z + 2) with z = e^(−2 |x|) − 1.
        TVector z = TSimd.Subtract(TSimd.Exp(TSimd.Multiply(magnitude, TSimd.Broadcast(-2))), TSimd.Broadcast(1));
        TVector tanh = TSimd.Divide(TSimd.Subtract(TSimd.Zero, z), TSimd.Add(z, TSimd.Broadcast(2)));
        TVector sign = TSimd.And(scaled, TSimd.Broadcast(-0f));
        return TSimd.Multiply(TSimd.Or(tanh, sign), TSimd.Broadcast(_amplitude));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector derivative = TSimd.Multiply(y, TSimd.Broadcast(_square));
        derivative = TSimd.Add(TSimd.Multiply(derivative, y), TSimd.Broadcast(_steepest));
        return TSimd.Multiply(derivative, g);
    }
}
