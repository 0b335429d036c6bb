using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>F(2, 3): two outputs from four products, at the points 0, 1, −1 and ∞. 2.25 times fewer products in two dimensions.</summary>
internal readonly unsafe struct Winograd2 : IWinograd
{
    public static int Tile => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d1 = TSimd.Load(source + sourceStep), d2 = TSimd.Load(source + 2 * sourceStep);
        TSimd.Store(TSimd.Subtract(TSimd.Load(source), d2), target);
        TSimd.Store(TSimd.Add(d2, d1), target + targetStep);
        TSimd.Store(TSimd.Subtract(d2, d1), target + 2 * targetStep);
        TSimd.Store(TSimd.Subtract(TSimd.Load(source + 3 * sourceStep), d1), target + 3 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector p1 = TSimd.Load(source + sourceStep), p2 = TSimd.Load(source + 2 * sourceStep);
        TSimd.Store(TSimd.Add(TSimd.Load(source), TSimd.Add(p1, p2)), target);
        TSimd.Store(TSimd.Add(TSimd.Load(source + 3 * sourceStep), TSimd.Subtract(p1, p2)), target + targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector y0 = TSimd.Load(source), y1 = TSimd.Load(source + sourceStep);
        TSimd.Store(y0, target);
        TSimd.Store(TSimd.Add(y0, y1), target + targetStep);
        TSimd.Store(TSimd.Subtract(y0, y1), target + 2 * targetStep);
        TSimd.Store(y1, target + 3 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector half = TSimd.Broadcast(0.5f);
        TVector g0 = TSimd.Load(source), g2 = TSimd.Load(source + 2 * sourceStep);
        TVector even = TSimd.Multiply(half, TSimd.Add(g0, g2)), odd = TSimd.Multiply(half, TSimd.Load(source + sourceStep));
        TSimd.Store(g0, target);
        TSimd.Store(TSimd.Add(even, odd), target + targetStep);
        TSimd.Store(TSimd.Subtract(even, odd), target + 2 * targetStep);
        TSimd.Store(g2, target + 3 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector half = TSimd.Broadcast(0.5f);
        TVector u1 = TSimd.Load(source + sourceStep), u2 = TSimd.Load(source + 2 * sourceStep);
        TVector even = TSimd.Multiply(half, TSimd.Add(u1, u2));
        TSimd.Store(TSimd.Add(TSimd.Load(source), even), target);
        TSimd.Store(TSimd.Multiply(half, TSimd.Subtract(u1, u2)), target + targetStep);
        TSimd.Store(TSimd.Add(TSimd.Load(source + 3 * sourceStep), even), target + 2 * targetStep);
    }
}
