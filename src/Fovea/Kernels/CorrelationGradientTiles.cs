using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The innermost loops of <see cref="CorrelationGradient"/>: R × K weights at a time, whose sums stay in registers over
/// all pixels. Sums come from memory and go back, R × K vectors, row by row.
/// </summary>
internal static unsafe partial class CorrelationGradientTiles
{
    /// <summary>
    /// A tile must be a method of its own: inlined into its caller it exhausts the JIT's budget for inlining, and every
    /// multiply-add becomes a call. It is worth full optimisation from its first call on.
    /// </summary>
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    [MethodImpl(TileOptions)]
    public static void Tile6x4<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* g2 = operands.OutputGradient + operands.OutputRows[row + 2];
        float* g3 = operands.OutputGradient + operands.OutputRows[row + 3];
        float* g4 = operands.OutputGradient + operands.OutputRows[row + 4];
        float* g5 = operands.OutputGradient + operands.OutputRows[row + 5];
        float* p0 = operands.Input + operands.InputTaps[tap];
        float* p1 = operands.Input + operands.InputTaps[tap + 1];
        float* p2 = operands.Input + operands.InputTaps[tap + 2];
        float* p3 = operands.Input + operands.InputTaps[tap + 3];
        TVector a00 = TSimd.Load(sums);
        TVector a01 = TSimd.Load(sums + TSimd.Count);
        TVector a02 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a03 = TSimd.Load(sums + 3 * TSimd.Count);
        TVector a10 = TSimd.Load(sums + 4 * TSimd.Count);
        TVector a11 = TSimd.Load(sums + 5 * TSimd.Count);
        TVector a12 = TSimd.Load(sums + 6 * TSimd.Count);
        TVector a13 = TSimd.Load(sums + 7 * TSimd.Count);
        TVector a20 = TSimd.Load(sums + 8 * TSimd.Count);
        TVector a21 = TSimd.Load(sums + 9 * TSimd.Count);
        TVector a22 = TSimd.Load(sums + 10 * TSimd.Count);
        TVector a23 = TSimd.Load(sums + 11 * TSimd.Count);
        TVector a30 = TSimd.Load(sums + 12 * TSimd.Count);
        TVector a31 = TSimd.Load(sums + 13 * TSimd.Count);
        TVector a32 = TSimd.Load(sums + 14 * TSimd.Count);
        TVector a33 = TSimd.Load(sums + 15 * TSimd.Count);
        TVector a40 = TSimd.Load(sums + 16 * TSimd.Count);
        TVector a41 = TSimd.Load(sums + 17 * TSimd.Count);
        TVector a42 = TSimd.Load(sums + 18 * TSimd.Count);
        TVector a43 = TSimd.Load(sums + 19 * TSimd.Count);
        TVector a50 = TSimd.Load(sums + 20 * TSimd.Count);
        TVector a51 = TSimd.Load(sums + 21 * TSimd.Count);
        TVector a52 = TSimd.Load(sums + 22 * TSimd.Count);
        TVector a53 = TSimd.Load(sums + 23 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input);
                TVector x1 = TSimd.Load(p1 + input);
                TVector x2 = TSimd.Load(p2 + input);
                TVector x3 = TSimd.Load(p3 + input);
                TVector gradient = TSimd.Load(g0 + output);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
                a01 = TSimd.MultiplyAdd(gradient, x1, a01);
                a02 = TSimd.MultiplyAdd(gradient, x2, a02);
                a03 = TSimd.MultiplyAdd(gradient, x3, a03);
                gradient = TSimd.Load(g1 + output);
                a10 = TSimd.MultiplyAdd(gradient, x0, a10);
                a11 = TSimd.MultiplyAdd(gradient, x1, a11);
                a12 = TSimd.MultiplyAdd(gradient, x2, a12);
                a13 = TSimd.MultiplyAdd(gradient, x3, a13);
                gradient = TSimd.Load(g2 + output);
                a20 = TSimd.MultiplyAdd(gradient, x0, a20);
                a21 = TSimd.MultiplyAdd(gradient, x1, a21);
                a22 = TSimd.MultiplyAdd(gradient, x2, a22);
                a23 = TSimd.MultiplyAdd(gradient, x3, a23);
                gradient = TSimd.Load(g3 + output);
                a30 = TSimd.MultiplyAdd(gradient, x0, a30);
                a31 = TSimd.MultiplyAdd(gradient, x1, a31);
                a32 = TSimd.MultiplyAdd(gradient, x2, a32);
                a33 = TSimd.MultiplyAdd(gradient, x3, a33);
                gradient = TSimd.Load(g4 + output);
                a40 = TSimd.MultiplyAdd(gradient, x0, a40);
                a41 = TSimd.MultiplyAdd(gradient, x1, a41);
                a42 = TSimd.MultiplyAdd(gradient, x2, a42);
                a43 = TSimd.MultiplyAdd(gradient, x3, a43);
                gradient = TSimd.Load(g5 + output);
                a50 = TSimd.MultiplyAdd(gradient, x0, a50);
                a51 = TSimd.MultiplyAdd(gradient, x1, a51);
                a52 = TSimd.MultiplyAdd(gradient, x2, a52);
                a53 = TSimd.MultiplyAdd(gradient, x3, a53);
            }
        }
        TSimd.Store(a00, sums);
        TSimd.Store(a01, sums + TSimd.Count);
        TSimd.Store(a02, sums + 2 * TSimd.Count);
        TSimd.Store(a03, sums + 3 * TSimd.Count);
        TSimd.Store(a10, sums + 4 * TSimd.Count);
        TSimd.Store(a11, sums + 5 * TSimd.Count);
        TSimd.Store(a12, sums + 6 * TSimd.Count);
        TSimd.Store(a13, sums + 7 * TSimd.Count);
        TSimd.Store(a20, sums + 8 * TSimd.Count);
        TSimd.Store(a21, sums + 9 * TSimd.Count);
        TSimd.Store(a22, sums + 10 * TSimd.Count);
        TSimd.Store(a23, sums + 11 * TSimd.Count);
        TSimd.Store(a30, sums + 12 * TSimd.Count);
        TSimd.Store(a31, sums + 13 * TSimd.Count);
        TSimd.Store(a32, sums + 14 * TSimd.Count);
        TSimd.Store(a33, sums + 15 * TSimd.Count);
        TSimd.Store(a40, sums + 16 * TSimd.Count);
        TSimd.Store(a41, sums + 17 * TSimd.Count);
        TSimd.Store(a42, sums + 18 * TSimd.Count);
        TSimd.Store(a43, sums + 19 * TSimd.Count);
        TSimd.Store(a50, sums + 20 * TSimd.Count);
        TSimd.Store(a51, sums + 21 * TSimd.Count);
        TSimd.Store(a52, sums + 22 * TSimd.Count);
        TSimd.Store(a53, sums + 23 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile4x6<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* g2 = operands.OutputGradient + operands.OutputRows[row + 2];
        float* g3 = operands.OutputGradient + operands.OutputRows[row + 3];
        float* p0 = operands.Input + operands.InputTaps[tap];
        float* p1 = operands.Input + operands.InputTaps[tap + 1];
        float* p2 = operands.Input + operands.InputTaps[tap + 2];
        float* p3 = operands.Input + operands.InputTaps[tap + 3];
        float* p4 = operands.Input + operands.InputTaps[tap + 4];
        float* p5 = operands.Input + operands.InputTaps[tap + 5];
        TVector a00 = TSimd.Load(sums);
        TVector a01 = TSimd.Load(sums + TSimd.Count);
        TVector a02 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a03 = TSimd.Load(sums + 3 * TSimd.Count);
        TVector a04 = TSimd.Load(sums + 4 * TSimd.Count);
        TVector a05 = TSimd.Load(sums + 5 * TSimd.Count);
        TVector a10 = TSimd.Load(sums + 6 * TSimd.Count);
        TVector a11 = TSimd.Load(sums + 7 * TSimd.Count);
        TVector a12 = TSimd.Load(sums + 8 * TSimd.Count);
        TVector a13 = TSimd.Load(sums + 9 * TSimd.Count);
        TVector a14 = TSimd.Load(sums + 10 * TSimd.Count);
        TVector a15 = TSimd.Load(sums + 11 * TSimd.Count);
        TVector a20 = TSimd.Load(sums + 12 * TSimd.Count);
        TVector a21 = TSimd.Load(sums + 13 * TSimd.Count);
        TVector a22 = TSimd.Load(sums + 14 * TSimd.Count);
        TVector a23 = TSimd.Load(sums + 15 * TSimd.Count);
        TVector a24 = TSimd.Load(sums + 16 * TSimd.Count);
        TVector a25 = TSimd.Load(sums + 17 * TSimd.Count);
        TVector a30 = TSimd.Load(sums + 18 * TSimd.Count);
        TVector a31 = TSimd.Load(sums + 19 * TSimd.Count);
        TVector a32 = TSimd.Load(sums + 20 * TSimd.Count);
        TVector a33 = TSimd.Load(sums + 21 * TSimd.Count);
        TVector a34 = TSimd.Load(sums + 22 * TSimd.Count);
        TVector a35 = TSimd.Load(sums + 23 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector y0 = TSimd.Load(g0 + output);
                TVector y1 = TSimd.Load(g1 + output);
                TVector y2 = TSimd.Load(g2 + output);
                TVector y3 = TSimd.Load(g3 + output);
                TVector pixel = TSimd.Load(p0 + input);
                a00 = TSimd.MultiplyAdd(y0, pixel, a00);
                a10 = TSimd.MultiplyAdd(y1, pixel, a10);
                a20 = TSimd.MultiplyAdd(y2, pixel, a20);
                a30 = TSimd.MultiplyAdd(y3, pixel, a30);
                pixel = TSimd.Load(p1 + input);
                a01 = TSimd.MultiplyAdd(y0, pixel, a01);
                a11 = TSimd.MultiplyAdd(y1, pixel, a11);
                a21 = TSimd.MultiplyAdd(y2, pixel, a21);
                a31 = TSimd.MultiplyAdd(y3, pixel, a31);
                pixel = TSimd.Load(p2 + input);
                a02 = TSimd.MultiplyAdd(y0, pixel, a02);
                a12 = TSimd.MultiplyAdd(y1, pixel, a12);
                a22 = TSimd.MultiplyAdd(y2, pixel, a22);
                a32 = TSimd.MultiplyAdd(y3, pixel, a32);
                pixel = TSimd.Load(p3 + input);
                a03 = TSimd.MultiplyAdd(y0, pixel, a03);
                a13 = TSimd.MultiplyAdd(y1, pixel, a13);
                a23 = TSimd.MultiplyAdd(y2, pixel, a23);
                a33 = TSimd.MultiplyAdd(y3, pixel, a33);
                pixel = TSimd.Load(p4 + input);
                a04 = TSimd.MultiplyAdd(y0, pixel, a04);
                a14 = TSimd.MultiplyAdd(y1, pixel, a14);
                a24 = TSimd.MultiplyAdd(y2, pixel, a24);
                a34 = TSimd.MultiplyAdd(y3, pixel, a34);
                pixel = TSimd.Load(p5 + input);
                a05 = TSimd.MultiplyAdd(y0, pixel, a05);
                a15 = TSimd.MultiplyAdd(y1, pixel, a15);
                a25 = TSimd.MultiplyAdd(y2, pixel, a25);
                a35 = TSimd.MultiplyAdd(y3, pixel, a35);
            }
        }
        TSimd.Store(a00, sums);
        TSimd.Store(a01, sums + TSimd.Count);
        TSimd.Store(a02, sums + 2 * TSimd.Count);
        TSimd.Store(a03, sums + 3 * TSimd.Count);
        TSimd.Store(a04, sums + 4 * TSimd.Count);
        TSimd.Store(a05, sums + 5 * TSimd.Count);
        TSimd.Store(a10, sums + 6 * TSimd.Count);
        TSimd.Store(a11, sums + 7 * TSimd.Count);
        TSimd.Store(a12, sums + 8 * TSimd.Count);
        TSimd.Store(a13, sums + 9 * TSimd.Count);
        TSimd.Store(a14, sums + 10 * TSimd.Count);
        TSimd.Store(a15, sums + 11 * TSimd.Count);
        TSimd.Store(a20, sums + 12 * TSimd.Count);
        TSimd.Store(a21, sums + 13 * TSimd.Count);
        TSimd.Store(a22, sums + 14 * TSimd.Count);
        TSimd.Store(a23, sums + 15 * TSimd.Count);
        TSimd.Store(a24, sums + 16 * TSimd.Count);
        TSimd.Store(a25, sums + 17 * TSimd.Count);
        TSimd.Store(a30, sums + 18 * TSimd.Count);
        TSimd.Store(a31, sums + 19 * TSimd.Count);
        TSimd.Store(a32, sums + 20 * TSimd.Count);
        TSimd.Store(a33, sums + 21 * TSimd.Count);
        TSimd.Store(a34, sums + 22 * TSimd.Count);
        TSimd.Store(a35, sums + 23 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile6x1<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* g2 = operands.OutputGradient + operands.OutputRows[row + 2];
        float* g3 = operands.OutputGradient + operands.OutputRows[row + 3];
        float* g4 = operands.OutputGradient + operands.OutputRows[row + 4];
        float* g5 = operands.OutputGradient + operands.OutputRows[row + 5];
        float* p0 = operands.Input + operands.InputTaps[tap];
        TVector a00 = TSimd.Load(sums);
        TVector a10 = TSimd.Load(sums + TSimd.Count);
        TVector a20 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a30 = TSimd.Load(sums + 3 * TSimd.Count);
        TVector a40 = TSimd.Load(sums + 4 * TSimd.Count);
        TVector a50 = TSimd.Load(sums + 5 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input);
                TVector gradient = TSimd.Load(g0 + output);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
                gradient = TSimd.Load(g1 + output);
                a10 = TSimd.MultiplyAdd(gradient, x0, a10);
                gradient = TSimd.Load(g2 + output);
                a20 = TSimd.MultiplyAdd(gradient, x0, a20);
                gradient = TSimd.Load(g3 + output);
                a30 = TSimd.MultiplyAdd(gradient, x0, a30);
                gradient = TSimd.Load(g4 + output);
                a40 = TSimd.MultiplyAdd(gradient, x0, a40);
                gradient = TSimd.Load(g5 + output);
                a50 = TSimd.MultiplyAdd(gradient, x0, a50);
            }
        }
        TSimd.Store(a00, sums);
        TSimd.Store(a10, sums + TSimd.Count);
        TSimd.Store(a20, sums + 2 * TSimd.Count);
        TSimd.Store(a30, sums + 3 * TSimd.Count);
        TSimd.Store(a40, sums + 4 * TSimd.Count);
        TSimd.Store(a50, sums + 5 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile4x1<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* g2 = operands.OutputGradient + operands.OutputRows[row + 2];
        float* g3 = operands.OutputGradient + operands.OutputRows[row + 3];
        float* p0 = operands.Input + operands.InputTaps[tap];
        TVector a00 = TSimd.Load(sums);
        TVector a10 = TSimd.Load(sums + TSimd.Count);
        TVector a20 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a30 = TSimd.Load(sums + 3 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input);
                TVector gradient = TSimd.Load(g0 + output);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
                gradient = TSimd.Load(g1 + output);
                a10 = TSimd.MultiplyAdd(gradient, x0, a10);
                gradient = TSimd.Load(g2 + output);
                a20 = TSimd.MultiplyAdd(gradient, x0, a20);
                gradient = TSimd.Load(g3 + output);
                a30 = TSimd.MultiplyAdd(gradient, x0, a30);
            }
        }
        TSimd.Store(a00, sums);
        TSimd.Store(a10, sums + TSimd.Count);
        TSimd.Store(a20, sums + 2 * TSimd.Count);
        TSimd.Store(a30, sums + 3 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile1x4<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* p0 = operands.Input + operands.InputTaps[tap];
        float* p1 = operands.Input + operands.InputTaps[tap + 1];
        float* p2 = operands.Input + operands.InputTaps[tap + 2];
        float* p3 = operands.Input + operands.InputTaps[tap + 3];
        TVector a00 = TSimd.Load(sums);
        TVector a01 = TSimd.Load(sums + TSimd.Count);
        TVector a02 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a03 = TSimd.Load(sums + 3 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector y0 = TSimd.Load(g0 + output);
                TVector pixel = TSimd.Load(p0 + input);
                a00 = TSimd.MultiplyAdd(y0, pixel, a00);
                pixel = TSimd.Load(p1 + input);
                a01 = TSimd.MultiplyAdd(y0, pixel, a01);
                pixel = TSimd.Load(p2 + input);
                a02 = TSimd.MultiplyAdd(y0, pixel, a02);
                pixel = TSimd.Load(p3 + input);
                a03 = TSimd.MultiplyAdd(y0, pixel, a03);
            }
        }
        TSimd.Store(a00, sums);
        TSimd.Store(a01, sums + TSimd.Count);
        TSimd.Store(a02, sums + 2 * TSimd.Count);
        TSimd.Store(a03, sums + 3 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile1x1<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* p0 = operands.Input + operands.InputTaps[tap];
        TVector a00 = TSimd.Load(sums);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input);
                TVector gradient = TSimd.Load(g0 + output);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
            }
        }
        TSimd.Store(a00, sums);
    }
}
