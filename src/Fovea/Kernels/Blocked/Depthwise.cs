using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Convolution of one block of channels, each with a kernel of its own; 16 channels of a pixel lie in the lanes:
/// <code>output[p] = clamp(bias + residual[p] + Σₜ input[tap[t] + p·step] · weights[t])</code>
/// The table of taps holds padding, dilation and the phases of a transposed convolution; the step holds the stride.
/// </summary>
internal static unsafe class Depthwise
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Pixels of a tile: enough sums to hide the latency of a multiply-add; widths of 7, 14, 28, 56 and 112 are whole tiles.</summary>
    private const int Group = 7;

    /// <summary>Where everything lies. All distances in floats.</summary>
    public struct Operands
    {
        /// <summary>The first pixel, at tap offset 0.</summary>
        public float* Input;

        /// <summary>(taps): what to add to a pixel's place.</summary>
        public int* InputTaps;
        public int Taps;

        /// <summary>From one pixel to the next of its row.</summary>
        public int InputStep;

        /// <summary>From one row of pixels to the next.</summary>
        public int InputPitch;

        /// <summary>(taps, 16).</summary>
        public float* Weights;

        /// <summary>(16), or null for zero.</summary>
        public float* Bias;

        /// <summary>Laid out as the output but for its pitch; null for zero. May be the output itself.</summary>
        public float* Residual;
        public int ResidualPitch;

        public float* Output;
        public int OutputStep;
        public int OutputPitch;
        public int Height;
        public int Width;

        /// <summary>What the result is clamped to.</summary>
        public float Lower;
        public float Upper;
    }

    /// <summary>Computes a block's pixels at the width chosen for this machine.</summary>
    public static void Run(in Operands operands)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Run<Simd512, Vector512<float>>(operands); break;
            case 8: Run<Simd256, Vector256<float>>(operands); break;
            case 4: Run<Simd128, Vector128<float>>(operands); break;
            default: Run<SimdScalar, float>(operands); break;
        }
    }

    public static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        // A row's last tile starts early and computes some pixels twice, unless sums would be added twice.
        bool overlaps = operands.Width >= Group && operands.Residual != operands.Output;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
            for (int y = 0; y < operands.Height; y++)
            {
                int x = 0;
                for (; x + Group <= operands.Width; x += Group)
                    Tile7<TSimd, TVector>(operands, lane, y, x);
                if (x < operands.Width && overlaps)
                    Tile7<TSimd, TVector>(operands, lane, y, operands.Width - Group);
                else
                    for (; x < operands.Width; x++)
                        Tile1<TSimd, TVector>(operands, lane, y, x);
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile7<TSimd, TVector>(in Operands operands, int lane, int y, int x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = operands.Bias == null ? TSimd.Zero : TSimd.Load(operands.Bias + lane), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0;
        nint step = operands.InputStep;
        float* first = operands.Input + (nint)y * operands.InputPitch + x * step + lane;
        float* w = operands.Weights + lane;
        int* tap = operands.InputTaps;
        for (int* end = tap + operands.Taps; tap < end; tap++, w += Block)
        {
            TVector weight = TSimd.Load(w);
            float* p = first + *tap;
            a0 = TSimd.MultiplyAdd(weight, TSimd.Load(p), a0);
            a1 = TSimd.MultiplyAdd(weight, TSimd.Load(p + step), a1);
            a2 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 2 * step), a2);
            a3 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 3 * step), a3);
            a4 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 4 * step), a4);
            a5 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 5 * step), a5);
            a6 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 6 * step), a6);
        }
        nint distance = operands.OutputStep;
        float* o = operands.Output + (nint)y * operands.OutputPitch + x * distance + lane;
        float* r = operands.Residual == null ? null : operands.Residual + (nint)y * operands.ResidualPitch + x * distance + lane;
        Finish<TSimd, TVector>(operands, a0, r, o, 0);
        Finish<TSimd, TVector>(operands, a1, r, o, distance);
        Finish<TSimd, TVector>(operands, a2, r, o, 2 * distance);
        Finish<TSimd, TVector>(operands, a3, r, o, 3 * distance);
        Finish<TSimd, TVector>(operands, a4, r, o, 4 * distance);
        Finish<TSimd, TVector>(operands, a5, r, o, 5 * distance);
        Finish<TSimd, TVector>(operands, a6, r, o, 6 * distance);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int lane, int y, int x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector sum = operands.Bias == null ? TSimd.Zero : TSimd.Load(operands.Bias + lane);
        float* first = operands.Input + (nint)y * operands.InputPitch + (nint)x * operands.InputStep + lane;
        for (int t = 0; t < operands.Taps; t++)
            sum = TSimd.MultiplyAdd(TSimd.Load(operands.Weights + t * Block + lane), TSimd.Load(first + operands.InputTaps[t]), sum);
        nint at = (nint)x * operands.OutputStep + lane;
        float* r = operands.Residual == null ? null : operands.Residual + (nint)y * operands.ResidualPitch + at;
        Finish<TSimd, TVector>(operands, sum, r, operands.Output + (nint)y * operands.OutputPitch + at, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSimd, TVector>(in Operands operands, TVector sum, float* residual, float* output, nint at)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (residual != null)
            sum = TSimd.Add(sum, TSimd.Load(residual + at));
        TSimd.Store(TSimd.Clamp(sum, TSimd.Broadcast(operands.Lower), TSimd.Broadcast(operands.Upper)), output + at);
    }
}
