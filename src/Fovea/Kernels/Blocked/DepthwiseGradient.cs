using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The gradient of <see cref="Depthwise"/> with respect to its weights, 16 channels in the lanes:
/// <code>weightGradient[t] += Σ_p outputGradient[p] · input[tap[t] + p·step]</code>
/// </summary>
internal static unsafe class DepthwiseGradient
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Taps of a tile: all of a 3 × 3 kernel, and enough sums to hide the latency of a multiply-add.</summary>
    private const int Group = 9;

    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. All distances in floats.</summary>
    public struct Operands
    {
        /// <summary>(height, width, 16), rows <see cref="GradientPitch"/> floats apart.</summary>
        public float* OutputGradient;
        public int GradientPitch;

        /// <summary>The first pixel, at tap offset 0.</summary>
        public float* Input;

        /// <summary>(taps): what to add to a pixel's place.</summary>
        public int* InputTaps;
        public int Taps;

        /// <summary>From one pixel to the next of its row.</summary>
        public int InputStep;

        /// <summary>From one row of pixels to the next.</summary>
        public int InputPitch;

        /// <summary>(taps, 16), added to.</summary>
        public float* WeightGradient;
        public int Height;
        public int Width;
    }

    /// <summary>Adds to a block's gradients at the width chosen for this machine.</summary>
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
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            int tap = 0;
            for (; tap + Group <= operands.Taps; tap += Group)
                Tile9<TSimd, TVector>(operands, lane, tap);
            for (; tap < operands.Taps; tap++)
                Tile1<TSimd, TVector>(operands, lane, tap);
        }
    }

    [MethodImpl(TileOptions)]
    private static void Tile9<TSimd, TVector>(in Operands operands, int lane, int tap)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = TSimd.Zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0;
        int* taps = operands.InputTaps + tap;
        nint t0 = taps[0], t1 = taps[1], t2 = taps[2], t3 = taps[3], t4 = taps[4], t5 = taps[5], t6 = taps[6], t7 = taps[7], t8 = taps[8];
        nint step = operands.InputStep;
        for (int y = 0; y < operands.Height; y++)
        {
            float* g = operands.OutputGradient + (nint)y * operands.GradientPitch + lane;
            float* p = operands.Input + (nint)y * operands.InputPitch + lane;
            for (float* end = g + (nint)operands.Width * Block; g < end; g += Block, p += step)
            {
                TVector gradient = TSimd.Load(g);
                a0 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t0), a0);
                a1 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t1), a1);
                a2 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t2), a2);
                a3 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t3), a3);
                a4 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t4), a4);
                a5 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t5), a5);
                a6 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t6), a6);
                a7 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t7), a7);
                a8 = TSimd.MultiplyAdd(gradient, TSimd.Load(p + t8), a8);
            }
        }
        float* w = operands.WeightGradient + tap * Block + lane;
        Add<TSimd, TVector>(a0, w);
        Add<TSimd, TVector>(a1, w + Block);
        Add<TSimd, TVector>(a2, w + 2 * Block);
        Add<TSimd, TVector>(a3, w + 3 * Block);
        Add<TSimd, TVector>(a4, w + 4 * Block);
        Add<TSimd, TVector>(a5, w + 5 * Block);
        Add<TSimd, TVector>(a6, w + 6 * Block);
        Add<TSimd, TVector>(a7, w + 7 * Block);
        Add<TSimd, TVector>(a8, w + 8 * Block);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int lane, int tap)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector sum = TSimd.Zero;
        nint step = operands.InputStep;
        for (int y = 0; y < operands.Height; y++)
        {
            float* g = operands.OutputGradient + (nint)y * operands.GradientPitch + lane;
            float* p = operands.Input + (nint)y * operands.InputPitch + operands.InputTaps[tap] + lane;
            for (float* end = g + (nint)operands.Width * Block; g < end; g += Block, p += step)
                sum = TSimd.MultiplyAdd(TSimd.Load(g), TSimd.Load(p), sum);
        }
        Add<TSimd, TVector>(sum, operands.WeightGradient + tap * Block + lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector>(TVector sum, float* gradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Store(TSimd.Add(TSimd.Load(gradient), sum), gradient);
}
