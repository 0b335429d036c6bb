using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>x + y.</summary>
internal readonly struct AddFunction : IBinary
{
    public static bool IsFinite => true;

    public static Operands LeftReads => Operands.None;

    public static Operands RightReads => Operands.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Value<TSimd, TVector>(TVector x, TVector y)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Add(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LeftGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        g;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector RightGradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        g;
}
