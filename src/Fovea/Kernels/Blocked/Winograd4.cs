using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// F(4, 3): four outputs from six products, at the points 0, ±<see cref="P"/>, ±<see cref="Q"/> and ∞. Four times fewer
/// products in two dimensions.
/// </summary>
/// <remarks>
/// With points p of which each has its opposite, every map needs only the even part and p times the odd part of a
/// polynomial. The matrices follow from N(x) = x(x² − P²)(x² − Q²): Bᵀ's row of a point p is N(x) / (x − p), that of ∞ is
/// N itself; G's row of p is (1, p, p²) / N′(p); Aᵀ's column of p is (1, p, p², p³). The usual points 1 and 2 give small
/// whole numbers but 2.6 times the error of these, which lie closer around 1 and are as exact in binary.
/// </remarks>
internal readonly unsafe struct Winograd4 : IWinograd
{
    private const float P = 0.625f;
    private const float Q = 1.5f;
    private const float P2 = P * P;
    private const float Q2 = Q * Q;

    /// <summary>1 / N′(0), which is 1 / (P² Q²).</summary>
    private const float Scale0 = (float)(1.0 / ((double)P2 * Q2));

    /// <summary>1 / N′(±P).</summary>
    private const float ScaleP = (float)(1.0 / (2.0 * P2 * (P2 - Q2)));

    /// <summary>1 / N′(±Q).</summary>
    private const float ScaleQ = (float)(1.0 / (2.0 * Q2 * (Q2 - P2)));

    public static int Tile => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector product = TSimd.Broadcast(P2 * Q2), sum = TSimd.Broadcast(-(P2 + Q2));
        TVector minusP2 = TSimd.Broadcast(-P2), minusQ2 = TSimd.Broadcast(-Q2);
        TVector d0 = TSimd.Load(source), d1 = TSimd.Load(source + sourceStep), d2 = TSimd.Load(source + 2 * sourceStep);
        TVector d3 = TSimd.Load(source + 3 * sourceStep), d4 = TSimd.Load(source + 4 * sourceStep), d5 = TSimd.Load(source + 5 * sourceStep);
        TSimd.Store(TSimd.MultiplyAdd(product, d0, TSimd.MultiplyAdd(sum, d2, d4)), target);
        TVector even = TSimd.MultiplyAdd(minusQ2, d2, d4), odd = TSimd.MultiplyAdd(minusQ2, d1, d3);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(P), odd, even), target + targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-P), odd, even), target + 2 * targetStep);
        even = TSimd.MultiplyAdd(minusP2, d2, d4);
        odd = TSimd.MultiplyAdd(minusP2, d1, d3);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q), odd, even), target + 3 * targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-Q), odd, even), target + 4 * targetStep);
        TSimd.Store(TSimd.MultiplyAdd(product, d1, TSimd.MultiplyAdd(sum, d3, d5)), target + 5 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector plus = TSimd.Load(source + sourceStep), minus = TSimd.Load(source + 2 * sourceStep);
        TVector evenP = TSimd.Add(plus, minus), oddP = TSimd.Subtract(plus, minus);
        plus = TSimd.Load(source + 3 * sourceStep);
        minus = TSimd.Load(source + 4 * sourceStep);
        TVector evenQ = TSimd.Add(plus, minus), oddQ = TSimd.Subtract(plus, minus);
        TSimd.Store(TSimd.Add(TSimd.Load(source), TSimd.Add(evenP, evenQ)), target);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q), oddQ, TSimd.Multiply(TSimd.Broadcast(P), oddP)), target + targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q2), evenQ, TSimd.Multiply(TSimd.Broadcast(P2), evenP)), target + 2 * targetStep);
        TVector cubes = TSimd.MultiplyAdd(TSimd.Broadcast(P2 * P), oddP, TSimd.Load(source + 5 * sourceStep));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q2 * Q), oddQ, cubes), target + 3 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector y0 = TSimd.Load(source), y1 = TSimd.Load(source + sourceStep);
        TVector y2 = TSimd.Load(source + 2 * sourceStep), y3 = TSimd.Load(source + 3 * sourceStep);
        TSimd.Store(y0, target);
        TVector even = TSimd.MultiplyAdd(TSimd.Broadcast(P2), y2, y0), odd = TSimd.MultiplyAdd(TSimd.Broadcast(P2), y3, y1);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(P), odd, even), target + targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-P), odd, even), target + 2 * targetStep);
        even = TSimd.MultiplyAdd(TSimd.Broadcast(Q2), y2, y0);
        odd = TSimd.MultiplyAdd(TSimd.Broadcast(Q2), y3, y1);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q), odd, even), target + 3 * targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-Q), odd, even), target + 4 * targetStep);
        TSimd.Store(y3, target + 5 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector g0 = TSimd.Load(source), g1 = TSimd.Load(source + sourceStep), g2 = TSimd.Load(source + 2 * sourceStep);
        TSimd.Store(TSimd.Multiply(TSimd.Broadcast(Scale0), g0), target);
        TVector even = TSimd.Multiply(TSimd.Broadcast(ScaleP), TSimd.MultiplyAdd(TSimd.Broadcast(P2), g2, g0));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(ScaleP * P), g1, even), target + targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-ScaleP * P), g1, even), target + 2 * targetStep);
        even = TSimd.Multiply(TSimd.Broadcast(ScaleQ), TSimd.MultiplyAdd(TSimd.Broadcast(Q2), g2, g0));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(ScaleQ * Q), g1, even), target + 3 * targetStep);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(-ScaleQ * Q), g1, even), target + 4 * targetStep);
        TSimd.Store(g2, target + 5 * targetStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient<TSimd, TVector>(float* source, nint sourceStep, float* target, nint targetStep)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector plus = TSimd.Load(source + sourceStep), minus = TSimd.Load(source + 2 * sourceStep);
        TVector evenP = TSimd.Multiply(TSimd.Broadcast(ScaleP), TSimd.Add(plus, minus));
        TVector oddP = TSimd.Multiply(TSimd.Broadcast(ScaleP * P), TSimd.Subtract(plus, minus));
        plus = TSimd.Load(source + 3 * sourceStep);
        minus = TSimd.Load(source + 4 * sourceStep);
        TVector evenQ = TSimd.Multiply(TSimd.Broadcast(ScaleQ), TSimd.Add(plus, minus));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Scale0), TSimd.Load(source), TSimd.Add(evenP, evenQ)), target);
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(ScaleQ * Q), TSimd.Subtract(plus, minus), oddP), target + targetStep);
        TVector squares = TSimd.MultiplyAdd(TSimd.Broadcast(P2), evenP, TSimd.Load(source + 5 * sourceStep));
        TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(Q2), evenQ, squares), target + 2 * targetStep);
    }
}
