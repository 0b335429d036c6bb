using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The product of a matrix and 16 samples side by side:
/// <code>output[r][lane] = bias[r] + Σₖ weights[r · rowStep + k · tapStep] · input[k][lane]</code>
/// Either step may be the longer one, so that the matrix may also be read across.
/// </summary>
internal static unsafe class DenseProduct
{
    /// <summary>Samples side by side.</summary>
    public const int Lanes = 16;

    /// <summary>Rows of a tile: as many sums as hide each other's latency, and as the registers of AVX2 hold.</summary>
    public const int Rows = 12;

    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies.</summary>
    public struct Operands
    {
        public float* Weights;

        /// <summary>From a row's weight to the next row's.</summary>
        public nint RowStep;

        /// <summary>From one of a row's weights to the next.</summary>
        public nint TapStep;

        /// <summary>(taps, 16).</summary>
        public float* Input;

        /// <summary>(rows, 16).</summary>
        public float* Output;

        /// <summary>One start value a row, or null for zero.</summary>
        public float* Bias;

        /// <summary>At least <see cref="DenseProduct.Rows"/>.</summary>
        public int Height;
        public int Taps;
    }

    /// <summary>Computes all rows at the width chosen for this machine.</summary>
    public static void Run(in Operands operands)
    {
        switch (Math.Min(Lanes, SimdWidth.Floats))
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
        // The last tile starts early and computes some rows twice.
        for (int row = 0; row < operands.Height; row += Rows)
            for (int lane = 0; lane < Lanes; lane += TSimd.Count)
                Tile12<TSimd, TVector>(operands, Math.Min(row, operands.Height - Rows), lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TSimd, TVector>(in Operands operands, int row)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        operands.Bias == null ? TSimd.Zero : TSimd.Broadcast(operands.Bias[row]);

    [MethodImpl(TileOptions)]
    private static void Tile12<TSimd, TVector>(in Operands operands, int row, int lane)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = Start<TSimd, TVector>(operands, row);
        TVector a1 = Start<TSimd, TVector>(operands, row + 1);
        TVector a2 = Start<TSimd, TVector>(operands, row + 2);
        TVector a3 = Start<TSimd, TVector>(operands, row + 3);
        TVector a4 = Start<TSimd, TVector>(operands, row + 4);
        TVector a5 = Start<TSimd, TVector>(operands, row + 5);
        TVector a6 = Start<TSimd, TVector>(operands, row + 6);
        TVector a7 = Start<TSimd, TVector>(operands, row + 7);
        TVector a8 = Start<TSimd, TVector>(operands, row + 8);
        TVector a9 = Start<TSimd, TVector>(operands, row + 9);
        TVector a10 = Start<TSimd, TVector>(operands, row + 10);
        TVector a11 = Start<TSimd, TVector>(operands, row + 11);
        nint step = operands.RowStep, step2 = 2 * step, tapStep = operands.TapStep;
        float* w0 = operands.Weights + row * step;
        float* w3 = w0 + 3 * step, w6 = w0 + 6 * step, w9 = w0 + 9 * step;
        float* x = operands.Input + lane;
        for (float* end = x + (nint)operands.Taps * Lanes; x < end; x += Lanes)
        {
            TVector value = TSimd.Load(x);
            a0 = TSimd.MultiplyAdd(value, TSimd.Broadcast(*w0), a0);
            a1 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w0[step]), a1);
            a2 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w0[step2]), a2);
            a3 = TSimd.MultiplyAdd(value, TSimd.Broadcast(*w3), a3);
            a4 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w3[step]), a4);
            a5 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w3[step2]), a5);
            a6 = TSimd.MultiplyAdd(value, TSimd.Broadcast(*w6), a6);
            a7 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w6[step]), a7);
            a8 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w6[step2]), a8);
            a9 = TSimd.MultiplyAdd(value, TSimd.Broadcast(*w9), a9);
            a10 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w9[step]), a10);
            a11 = TSimd.MultiplyAdd(value, TSimd.Broadcast(w9[step2]), a11);
            w0 += tapStep;
            w3 += tapStep;
            w6 += tapStep;
            w9 += tapStep;
        }
        float* y = operands.Output + row * Lanes + lane;
        TSimd.Store(a0, y);
        TSimd.Store(a1, y + Lanes);
        TSimd.Store(a2, y + 2 * Lanes);
        TSimd.Store(a3, y + 3 * Lanes);
        TSimd.Store(a4, y + 4 * Lanes);
        TSimd.Store(a5, y + 5 * Lanes);
        TSimd.Store(a6, y + 6 * Lanes);
        TSimd.Store(a7, y + 7 * Lanes);
        TSimd.Store(a8, y + 8 * Lanes);
        TSimd.Store(a9, y + 9 * Lanes);
        TSimd.Store(a10, y + 10 * Lanes);
        TSimd.Store(a11, y + 11 * Lanes);
    }
}
