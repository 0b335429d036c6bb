using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Tiles of two rows for maps so large that the rows of a taller tile do not fit in the first cache: a plane of 5 × 5 taps in two
/// halves, whose pixels stay there instead.
/// </summary>
internal static unsafe partial class CorrelationGradientTiles
{
    [MethodImpl(TileOptions)]
    public static void Tile2x13<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* p0 = operands.Input + operands.InputTaps[tap];
        float* p1 = operands.Input + operands.InputTaps[tap + 1];
        float* p2 = operands.Input + operands.InputTaps[tap + 2];
        float* p3 = operands.Input + operands.InputTaps[tap + 3];
        float* p4 = operands.Input + operands.InputTaps[tap + 4];
        float* p5 = operands.Input + operands.InputTaps[tap + 5];
        float* p6 = operands.Input + operands.InputTaps[tap + 6];
        float* p7 = operands.Input + operands.InputTaps[tap + 7];
        float* p8 = operands.Input + operands.InputTaps[tap + 8];
        float* p9 = operands.Input + operands.InputTaps[tap + 9];
        float* p10 = operands.Input + operands.InputTaps[tap + 10];
        float* p11 = operands.Input + operands.InputTaps[tap + 11];
        float* p12 = operands.Input + operands.InputTaps[tap + 12];
        TVector a0 = TSimd.Load(sums);
        TVector a1 = TSimd.Load(sums + TSimd.Count);
        TVector a2 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a3 = TSimd.Load(sums + 3 * TSimd.Count);
        TVector a4 = TSimd.Load(sums + 4 * TSimd.Count);
        TVector a5 = TSimd.Load(sums + 5 * TSimd.Count);
        TVector a6 = TSimd.Load(sums + 6 * TSimd.Count);
        TVector a7 = TSimd.Load(sums + 7 * TSimd.Count);
        TVector a8 = TSimd.Load(sums + 8 * TSimd.Count);
        TVector a9 = TSimd.Load(sums + 9 * TSimd.Count);
        TVector a10 = TSimd.Load(sums + 10 * TSimd.Count);
        TVector a11 = TSimd.Load(sums + 11 * TSimd.Count);
        TVector a12 = TSimd.Load(sums + 12 * TSimd.Count);
        TVector b0 = TSimd.Load(sums + 13 * TSimd.Count);
        TVector b1 = TSimd.Load(sums + 14 * TSimd.Count);
        TVector b2 = TSimd.Load(sums + 15 * TSimd.Count);
        TVector b3 = TSimd.Load(sums + 16 * TSimd.Count);
        TVector b4 = TSimd.Load(sums + 17 * TSimd.Count);
        TVector b5 = TSimd.Load(sums + 18 * TSimd.Count);
        TVector b6 = TSimd.Load(sums + 19 * TSimd.Count);
        TVector b7 = TSimd.Load(sums + 20 * TSimd.Count);
        TVector b8 = TSimd.Load(sums + 21 * TSimd.Count);
        TVector b9 = TSimd.Load(sums + 22 * TSimd.Count);
        TVector b10 = TSimd.Load(sums + 23 * TSimd.Count);
        TVector b11 = TSimd.Load(sums + 24 * TSimd.Count);
        TVector b12 = TSimd.Load(sums + 25 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector y0 = TSimd.Load(g0 + output);
                TVector y1 = TSimd.Load(g1 + output);
                TVector pixel = TSimd.Load(p0 + input);
                a0 = TSimd.MultiplyAdd(y0, pixel, a0);
                b0 = TSimd.MultiplyAdd(y1, pixel, b0);
                pixel = TSimd.Load(p1 + input);
                a1 = TSimd.MultiplyAdd(y0, pixel, a1);
                b1 = TSimd.MultiplyAdd(y1, pixel, b1);
                pixel = TSimd.Load(p2 + input);
                a2 = TSimd.MultiplyAdd(y0, pixel, a2);
                b2 = TSimd.MultiplyAdd(y1, pixel, b2);
                pixel = TSimd.Load(p3 + input);
                a3 = TSimd.MultiplyAdd(y0, pixel, a3);
                b3 = TSimd.MultiplyAdd(y1, pixel, b3);
                pixel = TSimd.Load(p4 + input);
                a4 = TSimd.MultiplyAdd(y0, pixel, a4);
                b4 = TSimd.MultiplyAdd(y1, pixel, b4);
                pixel = TSimd.Load(p5 + input);
                a5 = TSimd.MultiplyAdd(y0, pixel, a5);
                b5 = TSimd.MultiplyAdd(y1, pixel, b5);
                pixel = TSimd.Load(p6 + input);
                a6 = TSimd.MultiplyAdd(y0, pixel, a6);
                b6 = TSimd.MultiplyAdd(y1, pixel, b6);
                pixel = TSimd.Load(p7 + input);
                a7 = TSimd.MultiplyAdd(y0, pixel, a7);
                b7 = TSimd.MultiplyAdd(y1, pixel, b7);
                pixel = TSimd.Load(p8 + input);
                a8 = TSimd.MultiplyAdd(y0, pixel, a8);
                b8 = TSimd.MultiplyAdd(y1, pixel, b8);
                pixel = TSimd.Load(p9 + input);
                a9 = TSimd.MultiplyAdd(y0, pixel, a9);
                b9 = TSimd.MultiplyAdd(y1, pixel, b9);
                pixel = TSimd.Load(p10 + input);
                a10 = TSimd.MultiplyAdd(y0, pixel, a10);
                b10 = TSimd.MultiplyAdd(y1, pixel, b10);
                pixel = TSimd.Load(p11 + input);
                a11 = TSimd.MultiplyAdd(y0, pixel, a11);
                b11 = TSimd.MultiplyAdd(y1, pixel, b11);
                pixel = TSimd.Load(p12 + input);
                a12 = TSimd.MultiplyAdd(y0, pixel, a12);
                b12 = TSimd.MultiplyAdd(y1, pixel, b12);
            }
        }
        TSimd.Store(a0, sums);
        TSimd.Store(a1, sums + TSimd.Count);
        TSimd.Store(a2, sums + 2 * TSimd.Count);
        TSimd.Store(a3, sums + 3 * TSimd.Count);
        TSimd.Store(a4, sums + 4 * TSimd.Count);
        TSimd.Store(a5, sums + 5 * TSimd.Count);
        TSimd.Store(a6, sums + 6 * TSimd.Count);
        TSimd.Store(a7, sums + 7 * TSimd.Count);
        TSimd.Store(a8, sums + 8 * TSimd.Count);
        TSimd.Store(a9, sums + 9 * TSimd.Count);
        TSimd.Store(a10, sums + 10 * TSimd.Count);
        TSimd.Store(a11, sums + 11 * TSimd.Count);
        TSimd.Store(a12, sums + 12 * TSimd.Count);
        TSimd.Store(b0, sums + 13 * TSimd.Count);
        TSimd.Store(b1, sums + 14 * TSimd.Count);
        TSimd.Store(b2, sums + 15 * TSimd.Count);
        TSimd.Store(b3, sums + 16 * TSimd.Count);
        TSimd.Store(b4, sums + 17 * TSimd.Count);
        TSimd.Store(b5, sums + 18 * TSimd.Count);
        TSimd.Store(b6, sums + 19 * TSimd.Count);
        TSimd.Store(b7, sums + 20 * TSimd.Count);
        TSimd.Store(b8, sums + 21 * TSimd.Count);
        TSimd.Store(b9, sums + 22 * TSimd.Count);
        TSimd.Store(b10, sums + 23 * TSimd.Count);
        TSimd.Store(b11, sums + 24 * TSimd.Count);
        TSimd.Store(b12, sums + 25 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile2x12<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* p0 = operands.Input + operands.InputTaps[tap];
        float* p1 = operands.Input + operands.InputTaps[tap + 1];
        float* p2 = operands.Input + operands.InputTaps[tap + 2];
        float* p3 = operands.Input + operands.InputTaps[tap + 3];
        float* p4 = operands.Input + operands.InputTaps[tap + 4];
        float* p5 = operands.Input + operands.InputTaps[tap + 5];
        float* p6 = operands.Input + operands.InputTaps[tap + 6];
        float* p7 = operands.Input + operands.InputTaps[tap + 7];
        float* p8 = operands.Input + operands.InputTaps[tap + 8];
        float* p9 = operands.Input + operands.InputTaps[tap + 9];
        float* p10 = operands.Input + operands.InputTaps[tap + 10];
        float* p11 = operands.Input + operands.InputTaps[tap + 11];
        TVector a0 = TSimd.Load(sums);
        TVector a1 = TSimd.Load(sums + TSimd.Count);
        TVector a2 = TSimd.Load(sums + 2 * TSimd.Count);
        TVector a3 = TSimd.Load(sums + 3 * TSimd.Count);
        TVector a4 = TSimd.Load(sums + 4 * TSimd.Count);
        TVector a5 = TSimd.Load(sums + 5 * TSimd.Count);
        TVector a6 = TSimd.Load(sums + 6 * TSimd.Count);
        TVector a7 = TSimd.Load(sums + 7 * TSimd.Count);
        TVector a8 = TSimd.Load(sums + 8 * TSimd.Count);
        TVector a9 = TSimd.Load(sums + 9 * TSimd.Count);
        TVector a10 = TSimd.Load(sums + 10 * TSimd.Count);
        TVector a11 = TSimd.Load(sums + 11 * TSimd.Count);
        TVector b0 = TSimd.Load(sums + 12 * TSimd.Count);
        TVector b1 = TSimd.Load(sums + 13 * TSimd.Count);
        TVector b2 = TSimd.Load(sums + 14 * TSimd.Count);
        TVector b3 = TSimd.Load(sums + 15 * TSimd.Count);
        TVector b4 = TSimd.Load(sums + 16 * TSimd.Count);
        TVector b5 = TSimd.Load(sums + 17 * TSimd.Count);
        TVector b6 = TSimd.Load(sums + 18 * TSimd.Count);
        TVector b7 = TSimd.Load(sums + 19 * TSimd.Count);
        TVector b8 = TSimd.Load(sums + 20 * TSimd.Count);
        TVector b9 = TSimd.Load(sums + 21 * TSimd.Count);
        TVector b10 = TSimd.Load(sums + 22 * TSimd.Count);
        TVector b11 = TSimd.Load(sums + 23 * TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector y0 = TSimd.Load(g0 + output);
                TVector y1 = TSimd.Load(g1 + output);
                TVector pixel = TSimd.Load(p0 + input);
                a0 = TSimd.MultiplyAdd(y0, pixel, a0);
                b0 = TSimd.MultiplyAdd(y1, pixel, b0);
                pixel = TSimd.Load(p1 + input);
                a1 = TSimd.MultiplyAdd(y0, pixel, a1);
                b1 = TSimd.MultiplyAdd(y1, pixel, b1);
                pixel = TSimd.Load(p2 + input);
                a2 = TSimd.MultiplyAdd(y0, pixel, a2);
                b2 = TSimd.MultiplyAdd(y1, pixel, b2);
                pixel = TSimd.Load(p3 + input);
                a3 = TSimd.MultiplyAdd(y0, pixel, a3);
                b3 = TSimd.MultiplyAdd(y1, pixel, b3);
                pixel = TSimd.Load(p4 + input);
                a4 = TSimd.MultiplyAdd(y0, pixel, a4);
                b4 = TSimd.MultiplyAdd(y1, pixel, b4);
                pixel = TSimd.Load(p5 + input);
                a5 = TSimd.MultiplyAdd(y0, pixel, a5);
                b5 = TSimd.MultiplyAdd(y1, pixel, b5);
                pixel = TSimd.Load(p6 + input);
                a6 = TSimd.MultiplyAdd(y0, pixel, a6);
                b6 = TSimd.MultiplyAdd(y1, pixel, b6);
                pixel = TSimd.Load(p7 + input);
                a7 = TSimd.MultiplyAdd(y0, pixel, a7);
                b7 = TSimd.MultiplyAdd(y1, pixel, b7);
                pixel = TSimd.Load(p8 + input);
                a8 = TSimd.MultiplyAdd(y0, pixel, a8);
                b8 = TSimd.MultiplyAdd(y1, pixel, b8);
                pixel = TSimd.Load(p9 + input);
                a9 = TSimd.MultiplyAdd(y0, pixel, a9);
                b9 = TSimd.MultiplyAdd(y1, pixel, b9);
                pixel = TSimd.Load(p10 + input);
                a10 = TSimd.MultiplyAdd(y0, pixel, a10);
                b10 = TSimd.MultiplyAdd(y1, pixel, b10);
                pixel = TSimd.Load(p11 + input);
                a11 = TSimd.MultiplyAdd(y0, pixel, a11);
                b11 = TSimd.MultiplyAdd(y1, pixel, b11);
            }
        }
        TSimd.Store(a0, sums);
        TSimd.Store(a1, sums + TSimd.Count);
        TSimd.Store(a2, sums + 2 * TSimd.Count);
        TSimd.Store(a3, sums + 3 * TSimd.Count);
        TSimd.Store(a4, sums + 4 * TSimd.Count);
        TSimd.Store(a5, sums + 5 * TSimd.Count);
        TSimd.Store(a6, sums + 6 * TSimd.Count);
        TSimd.Store(a7, sums + 7 * TSimd.Count);
        TSimd.Store(a8, sums + 8 * TSimd.Count);
        TSimd.Store(a9, sums + 9 * TSimd.Count);
        TSimd.Store(a10, sums + 10 * TSimd.Count);
        TSimd.Store(a11, sums + 11 * TSimd.Count);
        TSimd.Store(b0, sums + 12 * TSimd.Count);
        TSimd.Store(b1, sums + 13 * TSimd.Count);
        TSimd.Store(b2, sums + 14 * TSimd.Count);
        TSimd.Store(b3, sums + 15 * TSimd.Count);
        TSimd.Store(b4, sums + 16 * TSimd.Count);
        TSimd.Store(b5, sums + 17 * TSimd.Count);
        TSimd.Store(b6, sums + 18 * TSimd.Count);
        TSimd.Store(b7, sums + 19 * TSimd.Count);
        TSimd.Store(b8, sums + 20 * TSimd.Count);
        TSimd.Store(b9, sums + 21 * TSimd.Count);
        TSimd.Store(b10, sums + 22 * TSimd.Count);
        TSimd.Store(b11, sums + 23 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    public static void Tile2x1<TSimd, TVector>(in CorrelationGradient.Operands operands, int row, int tap, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = operands.OutputGradient + operands.OutputRows[row];
        float* g1 = operands.OutputGradient + operands.OutputRows[row + 1];
        float* p0 = operands.Input + operands.InputTaps[tap];
        TVector a0 = TSimd.Load(sums);
        TVector b0 = TSimd.Load(sums + TSimd.Count);
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch, end = output + operands.Run;
            for (; output < end; output += TSimd.Count, input += TSimd.Count)
            {
                TVector pixel = TSimd.Load(p0 + input);
                a0 = TSimd.MultiplyAdd(TSimd.Load(g0 + output), pixel, a0);
                b0 = TSimd.MultiplyAdd(TSimd.Load(g1 + output), pixel, b0);
            }
        }
        TSimd.Store(a0, sums);
        TSimd.Store(b0, sums + TSimd.Count);
    }
}
