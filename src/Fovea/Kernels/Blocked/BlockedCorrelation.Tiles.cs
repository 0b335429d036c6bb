using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The tiles of <see cref="BlockedCorrelation"/>: two vectors of outputs (a, b) by 14, 7 or 1 pixels, all sums held in
/// registers. They repeat their lines since sums must be locals: the JIT keeps no array in registers.
/// </summary>
internal static unsafe partial class BlockedCorrelation
{
    /// <summary>
    /// Two groups of seven pixels, each from (y, x) on along a row; AVX-512 has registers for them. With every weight
    /// that is read, one that lies <paramref name="ahead"/> floats on is fetched.
    /// </summary>
    [MethodImpl(TileOptions)]
    private static void Tile14<TSimd, TVector>(in Operands operands, int first, int second, int y0, int x0, int y1, int x1, nint ahead)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputStep = operands.OutputStep;
        TVector bias = Bias<TSimd, TVector>(operands, first);
        float* r = operands.Residual + Place<TSimd, TVector>(first, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector a00 = Start<TSimd, TVector>(operands, bias, r);
        TVector a01 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector a02 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector a03 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector a04 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector a05 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector a06 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        r = operands.Residual + Place<TSimd, TVector>(first, operands.ResidualBlock) + (nint)y1 * operands.ResidualPitch + (nint)x1 * outputStep;
        TVector a10 = Start<TSimd, TVector>(operands, bias, r);
        TVector a11 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector a12 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector a13 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector a14 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector a15 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector a16 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        bias = Bias<TSimd, TVector>(operands, second);
        r = operands.Residual + Place<TSimd, TVector>(second, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector b00 = Start<TSimd, TVector>(operands, bias, r);
        TVector b01 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector b02 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector b03 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector b04 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector b05 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector b06 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        r = operands.Residual + Place<TSimd, TVector>(second, operands.ResidualBlock) + (nint)y1 * operands.ResidualPitch + (nint)x1 * outputStep;
        TVector b10 = Start<TSimd, TVector>(operands, bias, r);
        TVector b11 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector b12 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector b13 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector b14 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector b15 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector b16 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        nint step = operands.InputStep;
        float* w = operands.Weights + Place<TSimd, TVector>(first, operands.WeightBlock);
        nint other = Place<TSimd, TVector>(second, operands.WeightBlock) - Place<TSimd, TVector>(first, operands.WeightBlock);
        float* row0 = operands.Input + (nint)y0 * operands.InputPitch + x0 * step;
        float* row1 = operands.Input + (nint)y1 * operands.InputPitch + x1 * step;
        int* tap = operands.InputTaps;
        int* end = tap + operands.Taps;
        for (; tap < end; tap++)
        {
            float* p0 = row0 + *tap;
            float* p1 = row1 + *tap;
            for (float* last = p0 + operands.Inner; p0 < last; p0++)
            {
                TVector wa = TSimd.Load(w);
                TVector wb = TSimd.Load(w + other);
                Prefetch(w + ahead);
                w += Block;
                TVector x = TSimd.Broadcast(*p0);
                a00 = TSimd.MultiplyAdd(wa, x, a00);
                b00 = TSimd.MultiplyAdd(wb, x, b00);
                x = TSimd.Broadcast(p0[step]);
                a01 = TSimd.MultiplyAdd(wa, x, a01);
                b01 = TSimd.MultiplyAdd(wb, x, b01);
                x = TSimd.Broadcast(p0[2 * step]);
                a02 = TSimd.MultiplyAdd(wa, x, a02);
                b02 = TSimd.MultiplyAdd(wb, x, b02);
                x = TSimd.Broadcast(p0[3 * step]);
                a03 = TSimd.MultiplyAdd(wa, x, a03);
                b03 = TSimd.MultiplyAdd(wb, x, b03);
                x = TSimd.Broadcast(p0[4 * step]);
                a04 = TSimd.MultiplyAdd(wa, x, a04);
                b04 = TSimd.MultiplyAdd(wb, x, b04);
                x = TSimd.Broadcast(p0[5 * step]);
                a05 = TSimd.MultiplyAdd(wa, x, a05);
                b05 = TSimd.MultiplyAdd(wb, x, b05);
                x = TSimd.Broadcast(p0[6 * step]);
                a06 = TSimd.MultiplyAdd(wa, x, a06);
                b06 = TSimd.MultiplyAdd(wb, x, b06);
                x = TSimd.Broadcast(*p1);
                a10 = TSimd.MultiplyAdd(wa, x, a10);
                b10 = TSimd.MultiplyAdd(wb, x, b10);
                x = TSimd.Broadcast(p1[step]);
                a11 = TSimd.MultiplyAdd(wa, x, a11);
                b11 = TSimd.MultiplyAdd(wb, x, b11);
                x = TSimd.Broadcast(p1[2 * step]);
                a12 = TSimd.MultiplyAdd(wa, x, a12);
                b12 = TSimd.MultiplyAdd(wb, x, b12);
                x = TSimd.Broadcast(p1[3 * step]);
                a13 = TSimd.MultiplyAdd(wa, x, a13);
                b13 = TSimd.MultiplyAdd(wb, x, b13);
                x = TSimd.Broadcast(p1[4 * step]);
                a14 = TSimd.MultiplyAdd(wa, x, a14);
                b14 = TSimd.MultiplyAdd(wb, x, b14);
                x = TSimd.Broadcast(p1[5 * step]);
                a15 = TSimd.MultiplyAdd(wa, x, a15);
                b15 = TSimd.MultiplyAdd(wb, x, b15);
                x = TSimd.Broadcast(p1[6 * step]);
                a16 = TSimd.MultiplyAdd(wa, x, a16);
                b16 = TSimd.MultiplyAdd(wb, x, b16);
                p1++;
            }
        }
        TVector lower = TSimd.Broadcast(operands.Lower), upper = TSimd.Broadcast(operands.Upper);
        float* o = operands.Output + Place<TSimd, TVector>(first, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(a00, lower, upper), o);
        TSimd.Store(TSimd.Clamp(a01, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(a02, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a03, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a04, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(a05, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(a06, lower, upper), o + 6 * outputStep);
        o = operands.Output + Place<TSimd, TVector>(first, operands.OutputBlock) + (nint)y1 * operands.OutputPitch + (nint)x1 * outputStep;
        TSimd.Store(TSimd.Clamp(a10, lower, upper), o);
        TSimd.Store(TSimd.Clamp(a11, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(a12, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a13, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a14, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(a15, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(a16, lower, upper), o + 6 * outputStep);
        o = operands.Output + Place<TSimd, TVector>(second, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(b00, lower, upper), o);
        TSimd.Store(TSimd.Clamp(b01, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(b02, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(b03, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(b04, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(b05, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(b06, lower, upper), o + 6 * outputStep);
        o = operands.Output + Place<TSimd, TVector>(second, operands.OutputBlock) + (nint)y1 * operands.OutputPitch + (nint)x1 * outputStep;
        TSimd.Store(TSimd.Clamp(b10, lower, upper), o);
        TSimd.Store(TSimd.Clamp(b11, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(b12, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(b13, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(b14, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(b15, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(b16, lower, upper), o + 6 * outputStep);
    }

    /// <summary>Seven pixels of a row.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile7<TSimd, TVector>(in Operands operands, int first, int second, int y0, int x0, nint ahead)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputStep = operands.OutputStep;
        TVector bias = Bias<TSimd, TVector>(operands, first);
        float* r = operands.Residual + Place<TSimd, TVector>(first, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector a00 = Start<TSimd, TVector>(operands, bias, r);
        TVector a01 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector a02 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector a03 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector a04 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector a05 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector a06 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        bias = Bias<TSimd, TVector>(operands, second);
        r = operands.Residual + Place<TSimd, TVector>(second, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector b00 = Start<TSimd, TVector>(operands, bias, r);
        TVector b01 = Start<TSimd, TVector>(operands, bias, r + outputStep);
        TVector b02 = Start<TSimd, TVector>(operands, bias, r + 2 * outputStep);
        TVector b03 = Start<TSimd, TVector>(operands, bias, r + 3 * outputStep);
        TVector b04 = Start<TSimd, TVector>(operands, bias, r + 4 * outputStep);
        TVector b05 = Start<TSimd, TVector>(operands, bias, r + 5 * outputStep);
        TVector b06 = Start<TSimd, TVector>(operands, bias, r + 6 * outputStep);
        nint step = operands.InputStep;
        float* w = operands.Weights + Place<TSimd, TVector>(first, operands.WeightBlock);
        nint other = Place<TSimd, TVector>(second, operands.WeightBlock) - Place<TSimd, TVector>(first, operands.WeightBlock);
        float* row0 = operands.Input + (nint)y0 * operands.InputPitch + x0 * step;
        int* tap = operands.InputTaps;
        int* end = tap + operands.Taps;
        for (; tap < end; tap++)
        {
            float* p0 = row0 + *tap;
            for (float* last = p0 + operands.Inner; p0 < last; p0++)
            {
                TVector wa = TSimd.Load(w);
                TVector wb = TSimd.Load(w + other);
                Prefetch(w + ahead);
                w += Block;
                TVector x = TSimd.Broadcast(*p0);
                a00 = TSimd.MultiplyAdd(wa, x, a00);
                b00 = TSimd.MultiplyAdd(wb, x, b00);
                x = TSimd.Broadcast(p0[step]);
                a01 = TSimd.MultiplyAdd(wa, x, a01);
                b01 = TSimd.MultiplyAdd(wb, x, b01);
                x = TSimd.Broadcast(p0[2 * step]);
                a02 = TSimd.MultiplyAdd(wa, x, a02);
                b02 = TSimd.MultiplyAdd(wb, x, b02);
                x = TSimd.Broadcast(p0[3 * step]);
                a03 = TSimd.MultiplyAdd(wa, x, a03);
                b03 = TSimd.MultiplyAdd(wb, x, b03);
                x = TSimd.Broadcast(p0[4 * step]);
                a04 = TSimd.MultiplyAdd(wa, x, a04);
                b04 = TSimd.MultiplyAdd(wb, x, b04);
                x = TSimd.Broadcast(p0[5 * step]);
                a05 = TSimd.MultiplyAdd(wa, x, a05);
                b05 = TSimd.MultiplyAdd(wb, x, b05);
                x = TSimd.Broadcast(p0[6 * step]);
                a06 = TSimd.MultiplyAdd(wa, x, a06);
                b06 = TSimd.MultiplyAdd(wb, x, b06);
            }
        }
        TVector lower = TSimd.Broadcast(operands.Lower), upper = TSimd.Broadcast(operands.Upper);
        float* o = operands.Output + Place<TSimd, TVector>(first, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(a00, lower, upper), o);
        TSimd.Store(TSimd.Clamp(a01, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(a02, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a03, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a04, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(a05, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(a06, lower, upper), o + 6 * outputStep);
        o = operands.Output + Place<TSimd, TVector>(second, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(b00, lower, upper), o);
        TSimd.Store(TSimd.Clamp(b01, lower, upper), o + outputStep);
        TSimd.Store(TSimd.Clamp(b02, lower, upper), o + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(b03, lower, upper), o + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(b04, lower, upper), o + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(b05, lower, upper), o + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(b06, lower, upper), o + 6 * outputStep);
    }

    /// <summary>One pixel.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int first, int second, int y0, int x0)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputStep = operands.OutputStep;
        TVector bias = Bias<TSimd, TVector>(operands, first);
        float* r = operands.Residual + Place<TSimd, TVector>(first, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector a00 = Start<TSimd, TVector>(operands, bias, r);
        bias = Bias<TSimd, TVector>(operands, second);
        r = operands.Residual + Place<TSimd, TVector>(second, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
        TVector b00 = Start<TSimd, TVector>(operands, bias, r);
        nint step = operands.InputStep;
        float* w = operands.Weights + Place<TSimd, TVector>(first, operands.WeightBlock);
        nint other = Place<TSimd, TVector>(second, operands.WeightBlock) - Place<TSimd, TVector>(first, operands.WeightBlock);
        float* row0 = operands.Input + (nint)y0 * operands.InputPitch + x0 * step;
        int* tap = operands.InputTaps;
        int* end = tap + operands.Taps;
        for (; tap < end; tap++)
        {
            float* p0 = row0 + *tap;
            for (float* last = p0 + operands.Inner; p0 < last; p0++)
            {
                TVector wa = TSimd.Load(w);
                TVector wb = TSimd.Load(w + other);
                w += Block;
                TVector x = TSimd.Broadcast(*p0);
                a00 = TSimd.MultiplyAdd(wa, x, a00);
                b00 = TSimd.MultiplyAdd(wb, x, b00);
            }
        }
        TVector lower = TSimd.Broadcast(operands.Lower), upper = TSimd.Broadcast(operands.Upper);
        float* o = operands.Output + Place<TSimd, TVector>(first, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(a00, lower, upper), o);
        o = operands.Output + Place<TSimd, TVector>(second, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(b00, lower, upper), o);
    }
}
