using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x h(x) with h the hard sigmoid; the derivative is h + x h′.</summary>
internal readonly struct HardSwishFunction : IElementwise
{
    public static GradientReads Reads => GradientReads.Input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(x, default(HardSigmoidFunction).Value<TSimd, TVector>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        var hard = default(HardSigmoidFunction);
        TVector slope = hard.Gradient<TSimd, TVector>(x, x, x);
        return TSimd.Multiply(TSimd.Add(hard.Value<TSimd, TVector>(x), slope), g);
    }
}
