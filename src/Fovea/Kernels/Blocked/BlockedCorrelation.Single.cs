using System.Runtime.CompilerServices;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>What <see cref="BlockedCorrelation"/> does with a last vector that has no other beside it.</summary>
internal static unsafe partial class BlockedCorrelation
{
    private const int SmallGroup = 5;

    /// <summary>All pixels of one vector of outputs. AVX-512 only: with fewer registers a tile of two vectors is as fast.</summary>
    private static void RunSingle<TSimd, TVector>(in Operands operands, int vector)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int group = operands.Width % Group != 0 && operands.Width % SmallGroup == 0 ? SmallGroup : Group;
        int waitingY = -1, waitingX = 0;
        for (int y = 0; y < operands.Height; y++)
            for (int x = 0; x < operands.Width; x += group)
            {
                int start = Math.Min(x, operands.Width - group);
                if (waitingY < 0)
                {
                    (waitingY, waitingX) = (y, start);
                    continue;
                }
                if (group == SmallGroup)
                    Single10<TSimd, TVector>(operands, vector, waitingY, waitingX, y, start);
                else
                    Single14<TSimd, TVector>(operands, vector, waitingY, waitingX, y, start);
                waitingY = -1;
            }
        if (waitingY < 0)
            return;
        if (group == SmallGroup)
            for (int x = 0; x < group; x++)
                Tile1<TSimd, TVector>(operands, vector, vector, waitingY, waitingX + x);
        else
            Tile7<TSimd, TVector>(operands, vector, vector, waitingY, waitingX, 0);
    }

    /// <summary>One vector of outputs by two groups of seven pixels, each from (y, x) on along a row.</summary>
    [MethodImpl(TileOptions)]
    private static void Single14<TSimd, TVector>(in Operands operands, int vector, int y0, int x0, int y1, int x1)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputStep = operands.OutputStep;
        TVector a00 = Bias<TSimd, TVector>(operands, vector);
        TVector a01 = a00, a02 = a00, a03 = a00, a04 = a00, a05 = a00, a06 = a00;
        TVector a10 = a00, a11 = a00, a12 = a00, a13 = a00, a14 = a00, a15 = a00, a16 = a00;
        if (operands.Residual != null)
        {
            float* r0 = operands.Residual + Place<TSimd, TVector>(vector, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
            a00 = TSimd.Add(a00, TSimd.Load(r0));
            a01 = TSimd.Add(a01, TSimd.Load(r0 + outputStep));
            a02 = TSimd.Add(a02, TSimd.Load(r0 + 2 * outputStep));
            a03 = TSimd.Add(a03, TSimd.Load(r0 + 3 * outputStep));
            a04 = TSimd.Add(a04, TSimd.Load(r0 + 4 * outputStep));
            a05 = TSimd.Add(a05, TSimd.Load(r0 + 5 * outputStep));
            a06 = TSimd.Add(a06, TSimd.Load(r0 + 6 * outputStep));
            float* r1 = operands.Residual + Place<TSimd, TVector>(vector, operands.ResidualBlock) + (nint)y1 * operands.ResidualPitch + (nint)x1 * outputStep;
            a10 = TSimd.Add(a10, TSimd.Load(r1));
            a11 = TSimd.Add(a11, TSimd.Load(r1 + outputStep));
            a12 = TSimd.Add(a12, TSimd.Load(r1 + 2 * outputStep));
            a13 = TSimd.Add(a13, TSimd.Load(r1 + 3 * outputStep));
            a14 = TSimd.Add(a14, TSimd.Load(r1 + 4 * outputStep));
            a15 = TSimd.Add(a15, TSimd.Load(r1 + 5 * outputStep));
            a16 = TSimd.Add(a16, TSimd.Load(r1 + 6 * outputStep));
        }
        nint step = operands.InputStep, step2 = 2 * step, step3 = 3 * step;
        float* w = operands.Weights + Place<TSimd, TVector>(vector, operands.WeightBlock);
        float* row0 = operands.Input + (nint)y0 * operands.InputPitch + x0 * step;
        nint second = (nint)(y1 - y0) * operands.InputPitch + (x1 - x0) * step;
        int inner = operands.Inner;
        int* tap = operands.InputTaps;
        int* end = tap + operands.Taps;
        for (; tap < end; tap++)
        {
            float* p = row0 + *tap, p3 = p + step3, q = p + second, q3 = q + step3;
            for (float* last = p + inner; p < last; p++, p3++, q++, q3++)
            {
                TVector weight = TSimd.Load(w);
                w += Block;
                a00 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*p), a00);
                a01 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p[step]), a01);
                a02 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p[step2]), a02);
                a03 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*p3), a03);
                a04 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p3[step]), a04);
                a05 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p3[step2]), a05);
                a06 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p3[step3]), a06);
                a10 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*q), a10);
                a11 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q[step]), a11);
                a12 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q[step2]), a12);
                a13 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*q3), a13);
                a14 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q3[step]), a14);
                a15 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q3[step2]), a15);
                a16 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q3[step3]), a16);
            }
        }
        TVector lower = TSimd.Broadcast(operands.Lower), upper = TSimd.Broadcast(operands.Upper);
        float* o0 = operands.Output + Place<TSimd, TVector>(vector, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(a00, lower, upper), o0);
        TSimd.Store(TSimd.Clamp(a01, lower, upper), o0 + outputStep);
        TSimd.Store(TSimd.Clamp(a02, lower, upper), o0 + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a03, lower, upper), o0 + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a04, lower, upper), o0 + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(a05, lower, upper), o0 + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(a06, lower, upper), o0 + 6 * outputStep);
        float* o1 = operands.Output + Place<TSimd, TVector>(vector, operands.OutputBlock) + (nint)y1 * operands.OutputPitch + (nint)x1 * outputStep;
        TSimd.Store(TSimd.Clamp(a10, lower, upper), o1);
        TSimd.Store(TSimd.Clamp(a11, lower, upper), o1 + outputStep);
        TSimd.Store(TSimd.Clamp(a12, lower, upper), o1 + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a13, lower, upper), o1 + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a14, lower, upper), o1 + 4 * outputStep);
        TSimd.Store(TSimd.Clamp(a15, lower, upper), o1 + 5 * outputStep);
        TSimd.Store(TSimd.Clamp(a16, lower, upper), o1 + 6 * outputStep);
    }

    /// <summary>One vector of outputs by two groups of five pixels, each from (y, x) on along a row.</summary>
    [MethodImpl(TileOptions)]
    private static void Single10<TSimd, TVector>(in Operands operands, int vector, int y0, int x0, int y1, int x1)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputStep = operands.OutputStep;
        TVector a00 = Bias<TSimd, TVector>(operands, vector);
        TVector a01 = a00, a02 = a00, a03 = a00, a04 = a00;
        TVector a10 = a00, a11 = a00, a12 = a00, a13 = a00, a14 = a00;
        if (operands.Residual != null)
        {
            float* r0 = operands.Residual + Place<TSimd, TVector>(vector, operands.ResidualBlock) + (nint)y0 * operands.ResidualPitch + (nint)x0 * outputStep;
            a00 = TSimd.Add(a00, TSimd.Load(r0));
            a01 = TSimd.Add(a01, TSimd.Load(r0 + outputStep));
            a02 = TSimd.Add(a02, TSimd.Load(r0 + 2 * outputStep));
            a03 = TSimd.Add(a03, TSimd.Load(r0 + 3 * outputStep));
            a04 = TSimd.Add(a04, TSimd.Load(r0 + 4 * outputStep));
            float* r1 = operands.Residual + Place<TSimd, TVector>(vector, operands.ResidualBlock) + (nint)y1 * operands.ResidualPitch + (nint)x1 * outputStep;
            a10 = TSimd.Add(a10, TSimd.Load(r1));
            a11 = TSimd.Add(a11, TSimd.Load(r1 + outputStep));
            a12 = TSimd.Add(a12, TSimd.Load(r1 + 2 * outputStep));
            a13 = TSimd.Add(a13, TSimd.Load(r1 + 3 * outputStep));
            a14 = TSimd.Add(a14, TSimd.Load(r1 + 4 * outputStep));
        }
        nint step = operands.InputStep, step2 = 2 * step, step3 = 3 * step;
        float* w = operands.Weights + Place<TSimd, TVector>(vector, operands.WeightBlock);
        float* row0 = operands.Input + (nint)y0 * operands.InputPitch + x0 * step;
        nint second = (nint)(y1 - y0) * operands.InputPitch + (x1 - x0) * step;
        int inner = operands.Inner;
        int* tap = operands.InputTaps;
        int* end = tap + operands.Taps;
        for (; tap < end; tap++)
        {
            float* p = row0 + *tap, p3 = p + step3, q = p + second, q3 = q + step3;
            for (float* last = p + inner; p < last; p++, p3++, q++, q3++)
            {
                TVector weight = TSimd.Load(w);
                w += Block;
                a00 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*p), a00);
                a01 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p[step]), a01);
                a02 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p[step2]), a02);
                a03 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*p3), a03);
                a04 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(p3[step]), a04);
                a10 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*q), a10);
                a11 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q[step]), a11);
                a12 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q[step2]), a12);
                a13 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(*q3), a13);
                a14 = TSimd.MultiplyAdd(weight, TSimd.Broadcast(q3[step]), a14);
            }
        }
        TVector lower = TSimd.Broadcast(operands.Lower), upper = TSimd.Broadcast(operands.Upper);
        float* o0 = operands.Output + Place<TSimd, TVector>(vector, operands.OutputBlock) + (nint)y0 * operands.OutputPitch + (nint)x0 * outputStep;
        TSimd.Store(TSimd.Clamp(a00, lower, upper), o0);
        TSimd.Store(TSimd.Clamp(a01, lower, upper), o0 + outputStep);
        TSimd.Store(TSimd.Clamp(a02, lower, upper), o0 + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a03, lower, upper), o0 + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a04, lower, upper), o0 + 4 * outputStep);
        float* o1 = operands.Output + Place<TSimd, TVector>(vector, operands.OutputBlock) + (nint)y1 * operands.OutputPitch + (nint)x1 * outputStep;
        TSimd.Store(TSimd.Clamp(a10, lower, upper), o1);
        TSimd.Store(TSimd.Clamp(a11, lower, upper), o1 + outputStep);
        TSimd.Store(TSimd.Clamp(a12, lower, upper), o1 + 2 * outputStep);
        TSimd.Store(TSimd.Clamp(a13, lower, upper), o1 + 3 * outputStep);
        TSimd.Store(TSimd.Clamp(a14, lower, upper), o1 + 4 * outputStep);
    }
}
