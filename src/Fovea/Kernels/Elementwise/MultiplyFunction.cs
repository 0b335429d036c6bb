using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x · y.</summary>
internal readonly struct MultiplyFunction : IBinary
{
    public static bool IsFinite => true;

    public static Operands LeftReads => Operands.Right;

    public static Operands RightReads => Operands.Left;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TSimd, TVector>(TVector x, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LeftGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(g, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RightGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Multiply(g, x);
}
