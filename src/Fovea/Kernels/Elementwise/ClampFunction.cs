using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x, but not below lower nor above upper. The output lies between the bounds where the input does.</summary>
internal readonly struct ClampFunction(float lower, float upper) : IElementwise
{
    public static GradientReads Reads => GradientReads.Output;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Value<TSimd, TVector>(TVector x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector low = TSimd.Broadcast(lower);
        return TSimd.Clamp(TSimd.Max(x, low), low, TSimd.Broadcast(upper));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector between = TSimd.And(TSimd.Greater(y, TSimd.Broadcast(lower)), TSimd.Greater(TSimd.Broadcast(upper), y));
        return TSimd.And(between, g);
    }
}
