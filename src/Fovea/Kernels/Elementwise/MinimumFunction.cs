using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>The smaller of x and y, NaN if either is; where both are equal, each gets half the gradient, as in PyTorch.</summary>
internal readonly struct MinimumFunction : IBinary
{
    public static bool IsFinite => true;

    public static Operands LeftReads => Operands.Both;

    public static Operands RightReads => Operands.Both;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TSimd, TVector>(TVector x, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Min(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LeftGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.AndNot(TSimd.Select(TSimd.Equal(x, y), TSimd.Multiply(g, TSimd.Broadcast(0.5f)), g), TSimd.Greater(x, y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RightGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.AndNot(TSimd.Select(TSimd.Equal(x, y), TSimd.Multiply(g, TSimd.Broadcast(0.5f)), g), TSimd.Greater(y, x));
}
