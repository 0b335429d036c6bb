using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Convolution of one block of channels, each with a kernel of its own; 16 channels of a pixel lie in the lanes:
/// output[p] = clamp(bias + residual[p] + Σ over cells of input[p · stride + cell] · weights[cell]).
/// The input has a frame of zeros as wide as the window needs.
/// </summary>
internal static unsafe class Depthwise
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Pixels of a tile: eight sums hide the latency of a multiply-add.</summary>
    private const int Group = 8;

    /// <summary>Where everything lies; pitches in floats.</summary>
    public struct Operands
    {
        public Window Window;

        /// <summary>Rows of output to compute.</summary>
        public int Rows;

        /// <summary>The first row's pixels; above and beside them lies what the window pads.</summary>
        public float* Input;
        public int InputPitch;

        /// <summary>(cells, 16).</summary>
        public float* Weights;

        /// <summary>(16).</summary>
        public float* Bias;

        /// <summary>As the output, or null.</summary>
        public float* Residual;
        public int ResidualPitch;
        public float* Output;
        public int OutputPitch;
        public float Lower;
        public float Upper;
    }

    /// <summary>Computes a block's rows at the width chosen for this machine.</summary>
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
        int width = operands.Window.OutputWidth;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
            for (int y = 0; y < operands.Rows; y++)
            {
                int x = 0;
                for (; x + Group <= width; x += Group)
                    Tile8<TSimd, TVector>(operands, lane, y, x);
                for (; x < width; x++)
                    Tile1<TSimd, TVector>(operands, lane, y, x);
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile8<TSimd, TVector>(in Operands operands, int lane, int y, int x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        Window window = operands.Window;
        TVector a0 = TSimd.Load(operands.Bias + lane), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        int step = window.StrideWidth * Block;
        float* w = operands.Weights + lane;
        float* row = operands.Input + (y * window.StrideHeight - window.PadTop) * operands.InputPitch + (x * window.StrideWidth - window.PadLeft) * Block + lane;
        for (int kh = 0; kh < window.KernelHeight; kh++, row += window.DilationHeight * operands.InputPitch)
        {
            float* p = row;
            for (int kw = 0; kw < window.KernelWidth; kw++, p += window.DilationWidth * Block, w += Block)
            {
                TVector weight = TSimd.Load(w);
                a0 = TSimd.MultiplyAdd(weight, TSimd.Load(p), a0);
                a1 = TSimd.MultiplyAdd(weight, TSimd.Load(p + step), a1);
                a2 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 2 * step), a2);
                a3 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 3 * step), a3);
                a4 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 4 * step), a4);
                a5 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 5 * step), a5);
                a6 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 6 * step), a6);
                a7 = TSimd.MultiplyAdd(weight, TSimd.Load(p + 7 * step), a7);
            }
        }
        float* o = operands.Output + y * operands.OutputPitch + x * Block + lane;
        float* r = operands.Residual == null ? null : operands.Residual + y * operands.ResidualPitch + x * Block + lane;
        Finish<TSimd, TVector>(operands, a0, r, o, 0);
        Finish<TSimd, TVector>(operands, a1, r, o, 1);
        Finish<TSimd, TVector>(operands, a2, r, o, 2);
        Finish<TSimd, TVector>(operands, a3, r, o, 3);
        Finish<TSimd, TVector>(operands, a4, r, o, 4);
        Finish<TSimd, TVector>(operands, a5, r, o, 5);
        Finish<TSimd, TVector>(operands, a6, r, o, 6);
        Finish<TSimd, TVector>(operands, a7, r, o, 7);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int lane, int y, int x)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        Window window = operands.Window;
        TVector sum = TSimd.Load(operands.Bias + lane);
        float* w = operands.Weights + lane;
        float* row = operands.Input + (y * window.StrideHeight - window.PadTop) * operands.InputPitch + (x * window.StrideWidth - window.PadLeft) * Block + lane;
        for (int kh = 0; kh < window.KernelHeight; kh++, row += window.DilationHeight * operands.InputPitch)
            for (int kw = 0; kw < window.KernelWidth; kw++, w += Block)
                sum = TSimd.MultiplyAdd(TSimd.Load(w), TSimd.Load(row + kw * window.DilationWidth * Block), sum);
        float* r = operands.Residual == null ? null : operands.Residual + y * operands.ResidualPitch + x * Block + lane;
        Finish<TSimd, TVector>(operands, sum, r, operands.Output + y * operands.OutputPitch + x * Block + lane, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TSimd, TVector>(in Operands operands, TVector sum, float* residual, float* output, int pixel)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (residual != null)
            sum = TSimd.Add(sum, TSimd.Load(residual + pixel * Block));
        TSimd.Store(TSimd.Clamp(sum, TSimd.Broadcast(operands.Lower), TSimd.Broadcast(operands.Upper)), output + pixel * Block);
    }
}
