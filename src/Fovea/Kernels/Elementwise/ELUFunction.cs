using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>scale · x where positive, scale · alpha (eˣ − 1) elsewhere, where the derivative is the value + scale · alpha.</summary>
internal readonly struct ELUFunction(double alpha, double scale) : IElementwise
{
    private readonly float _scale = (float)scale, _lowest = (float)(alpha * scale);

    public static GradientReads Reads => GradientReads.Both;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector negative = TSimd.Multiply(Exponentials.ExpMinusOne<TSimd, TVector>(x), TSimd.Broadcast(_lowest));
        return TSimd.Select(TSimd.Greater(x, TSimd.Zero), TSimd.Multiply(x, TSimd.Broadcast(_scale)), negative);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector slope = TSimd.Select(TSimd.Greater(x, TSimd.Zero), TSimd.Broadcast(_scale), TSimd.Add(y, TSimd.Broadcast(_lowest)));
        return TSimd.Multiply(slope, g);
    }
}
