using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x / y; infinite or NaN where y is zero.</summary>
internal readonly struct DivideFunction : IBinary
{
    public static bool IsFinite => false;

    public static Operands LeftReads => Operands.Right;

    public static Operands RightReads => Operands.Both;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TSimd, TVector>(TVector x, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Divide(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LeftGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Divide(g, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RightGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(TSimd.Subtract(TSimd.Zero, g), TSimd.Divide(TSimd.Divide(x, y), y));
}
