using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// <see cref="Correlation"/> with ReLU and 2 × 2 max pooling in its last step, for samples side by side: a tile holds the
/// four pixels of one window for several maps, so that only the largest of them ever reaches memory.
/// </summary>
internal static unsafe class PooledCorrelation
{
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. Weights are addressed as row + tap.</summary>
    public struct Operands
    {
        public float* Weights;
        public int* WeightRows;
        public int* WeightTaps;
        public int* InputTaps;

        /// <summary>The upper left pixel of the first window.</summary>
        public float* Input;

        /// <summary>Floats from a row of the input to the next.</summary>
        public int InputPitch;

        /// <summary>Where the first window's maximum goes, in the first map.</summary>
        public float* Output;

        /// <summary>
        /// Where it goes which of the window's pixels won: 0 to 3 row by row, −1 if none is positive; null if nobody asks.
        /// Laid out as the output.
        /// </summary>
        public float* Winners;

        /// <summary>Floats from a map of the output to the next.</summary>
        public int OutputPlane;

        /// <summary>One start value a row, or null for zero.</summary>
        public float* Bias;
        public int Rows;
        public int Taps;

        /// <summary>Windows side by side.</summary>
        public int Windows;

        /// <summary>Samples side by side at every pixel; a multiple of the vector's width.</summary>
        public int Lanes;
    }

    /// <summary>Computes a row of windows of all maps at the width chosen for this machine.</summary>
    public static void Run(in Operands operands)
    {
        switch (SimdWidth.FloatsFor(operands.Lanes))
        {
            case 16: Run<Simd512, Vector512<float>>(operands); break;
            case 8: Run<Simd256, Vector256<float>>(operands); break;
            case 4: Run<Simd128, Vector128<float>>(operands); break;
            default: Run<SimdScalar, float>(operands); break;
        }
    }

    private static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* pixels = stackalloc float[(6 * 4 + 1) * 16];
        pixels = (float*)(((nint)pixels + 63) & ~(nint)63);
        for (int row = 0, rows; row < operands.Rows; row += rows)
        {
            rows = RowsOfTile(operands.Rows - row);
            for (int window = 0; window < operands.Windows; window++)
                for (int lane = 0; lane < operands.Lanes; lane += TSimd.Count)
                {
                    float* input = operands.Input + 2 * window * operands.Lanes + lane;
                    switch (rows)
                    {
                        case 6: Tile6<TSimd, TVector>(operands, row, input, pixels); break;
                        case 4: Tile4<TSimd, TVector>(operands, row, input, pixels); break;
                        default: Tile1<TSimd, TVector>(operands, row, input, pixels); break;
                    }
                    Finish<TSimd, TVector>(operands, row, rows, pixels, window * operands.Lanes + lane);
                }
        }
    }

    /// <summary>Tiles of 6 rows, and of 4 where 6 leave too few: 16 rows are 6 + 6 + 4.</summary>
    private static int RowsOfTile(int left) => left >= 6 && left is not (8 or 9) ? 6 : left >= 4 ? 4 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TSimd, TVector>(in Operands operands, int row)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        operands.Bias == null ? TSimd.Zero : TSimd.Broadcast(operands.Bias[row]);

    /// <summary>
    /// Stores the largest of each map's four pixels, or 0, and which it was. Not a part of the tiles: what lives across a
    /// call, or a branch too many, no longer lies in registers.
    /// </summary>
    [MethodImpl(TileOptions)]
    private static void Finish<TSimd, TVector>(in Operands operands, int row, int rows, float* pixels, int at)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector one = TSimd.Broadcast(1), two = TSimd.Broadcast(2), three = TSimd.Broadcast(3), none = TSimd.Broadcast(-1);
        at += row * operands.OutputPlane;
        for (int r = 0; r < rows; r++, at += operands.OutputPlane, pixels += 4 * TSimd.Count)
        {
            TVector a0 = TSimd.Load(pixels), a1 = TSimd.Load(pixels + TSimd.Count);
            TVector a2 = TSimd.Load(pixels + 2 * TSimd.Count), a3 = TSimd.Load(pixels + 3 * TSimd.Count);
            TVector most = TSimd.Max(TSimd.Max(a0, a1), TSimd.Max(a2, a3));
            TSimd.Store(TSimd.Max(most, TSimd.Zero), operands.Output + at);
            if (operands.Winners == null)
                continue;
            // Of equals the first wins; a window without a positive pixel, or with a NaN, has no winner.
            TVector winner = TSimd.Select(TSimd.Equal(a2, most), two, three);
            winner = TSimd.Select(TSimd.Equal(a1, most), one, winner);
            winner = TSimd.Select(TSimd.Equal(a0, most), TSimd.Zero, winner);
            TSimd.Store(TSimd.Select(TSimd.Greater(most, TSimd.Zero), winner, none), operands.Winners + at);
        }
    }

    [MethodImpl(TileOptions)]
    private static void Tile6<TSimd, TVector>(in Operands operands, int row, float* input, float* pixels)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* w0 = operands.Weights + operands.WeightRows[row];
        float* w1 = operands.Weights + operands.WeightRows[row + 1];
        float* w2 = operands.Weights + operands.WeightRows[row + 2];
        float* w3 = operands.Weights + operands.WeightRows[row + 3];
        float* w4 = operands.Weights + operands.WeightRows[row + 4];
        float* w5 = operands.Weights + operands.WeightRows[row + 5];
        TVector a00 = Start<TSimd, TVector>(operands, row), a01 = a00, a02 = a00, a03 = a00;
        TVector a10 = Start<TSimd, TVector>(operands, row + 1), a11 = a10, a12 = a10, a13 = a10;
        TVector a20 = Start<TSimd, TVector>(operands, row + 2), a21 = a20, a22 = a20, a23 = a20;
        TVector a30 = Start<TSimd, TVector>(operands, row + 3), a31 = a30, a32 = a30, a33 = a30;
        TVector a40 = Start<TSimd, TVector>(operands, row + 4), a41 = a40, a42 = a40, a43 = a40;
        TVector a50 = Start<TSimd, TVector>(operands, row + 5), a51 = a50, a52 = a50, a53 = a50;
        nint right = operands.Lanes, below = operands.InputPitch;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + right);
            TVector x2 = TSimd.Load(x + below);
            TVector x3 = TSimd.Load(x + below + right);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            a01 = TSimd.MultiplyAdd(weight, x1, a01);
            a02 = TSimd.MultiplyAdd(weight, x2, a02);
            a03 = TSimd.MultiplyAdd(weight, x3, a03);
            weight = TSimd.Broadcast(w1[tap]);
            a10 = TSimd.MultiplyAdd(weight, x0, a10);
            a11 = TSimd.MultiplyAdd(weight, x1, a11);
            a12 = TSimd.MultiplyAdd(weight, x2, a12);
            a13 = TSimd.MultiplyAdd(weight, x3, a13);
            weight = TSimd.Broadcast(w2[tap]);
            a20 = TSimd.MultiplyAdd(weight, x0, a20);
            a21 = TSimd.MultiplyAdd(weight, x1, a21);
            a22 = TSimd.MultiplyAdd(weight, x2, a22);
            a23 = TSimd.MultiplyAdd(weight, x3, a23);
            weight = TSimd.Broadcast(w3[tap]);
            a30 = TSimd.MultiplyAdd(weight, x0, a30);
            a31 = TSimd.MultiplyAdd(weight, x1, a31);
            a32 = TSimd.MultiplyAdd(weight, x2, a32);
            a33 = TSimd.MultiplyAdd(weight, x3, a33);
            weight = TSimd.Broadcast(w4[tap]);
            a40 = TSimd.MultiplyAdd(weight, x0, a40);
            a41 = TSimd.MultiplyAdd(weight, x1, a41);
            a42 = TSimd.MultiplyAdd(weight, x2, a42);
            a43 = TSimd.MultiplyAdd(weight, x3, a43);
            weight = TSimd.Broadcast(w5[tap]);
            a50 = TSimd.MultiplyAdd(weight, x0, a50);
            a51 = TSimd.MultiplyAdd(weight, x1, a51);
            a52 = TSimd.MultiplyAdd(weight, x2, a52);
            a53 = TSimd.MultiplyAdd(weight, x3, a53);
        }
        TSimd.Store(a00, pixels);
        TSimd.Store(a01, pixels + TSimd.Count);
        TSimd.Store(a02, pixels + 2 * TSimd.Count);
        TSimd.Store(a03, pixels + 3 * TSimd.Count);
        TSimd.Store(a10, pixels + 4 * TSimd.Count);
        TSimd.Store(a11, pixels + 5 * TSimd.Count);
        TSimd.Store(a12, pixels + 6 * TSimd.Count);
        TSimd.Store(a13, pixels + 7 * TSimd.Count);
        TSimd.Store(a20, pixels + 8 * TSimd.Count);
        TSimd.Store(a21, pixels + 9 * TSimd.Count);
        TSimd.Store(a22, pixels + 10 * TSimd.Count);
        TSimd.Store(a23, pixels + 11 * TSimd.Count);
        TSimd.Store(a30, pixels + 12 * TSimd.Count);
        TSimd.Store(a31, pixels + 13 * TSimd.Count);
        TSimd.Store(a32, pixels + 14 * TSimd.Count);
        TSimd.Store(a33, pixels + 15 * TSimd.Count);
        TSimd.Store(a40, pixels + 16 * TSimd.Count);
        TSimd.Store(a41, pixels + 17 * TSimd.Count);
        TSimd.Store(a42, pixels + 18 * TSimd.Count);
        TSimd.Store(a43, pixels + 19 * TSimd.Count);
        TSimd.Store(a50, pixels + 20 * TSimd.Count);
        TSimd.Store(a51, pixels + 21 * TSimd.Count);
        TSimd.Store(a52, pixels + 22 * TSimd.Count);
        TSimd.Store(a53, pixels + 23 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile4<TSimd, TVector>(in Operands operands, int row, float* input, float* pixels)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* w0 = operands.Weights + operands.WeightRows[row];
        float* w1 = operands.Weights + operands.WeightRows[row + 1];
        float* w2 = operands.Weights + operands.WeightRows[row + 2];
        float* w3 = operands.Weights + operands.WeightRows[row + 3];
        TVector a00 = Start<TSimd, TVector>(operands, row), a01 = a00, a02 = a00, a03 = a00;
        TVector a10 = Start<TSimd, TVector>(operands, row + 1), a11 = a10, a12 = a10, a13 = a10;
        TVector a20 = Start<TSimd, TVector>(operands, row + 2), a21 = a20, a22 = a20, a23 = a20;
        TVector a30 = Start<TSimd, TVector>(operands, row + 3), a31 = a30, a32 = a30, a33 = a30;
        nint right = operands.Lanes, below = operands.InputPitch;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + right);
            TVector x2 = TSimd.Load(x + below);
            TVector x3 = TSimd.Load(x + below + right);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            a01 = TSimd.MultiplyAdd(weight, x1, a01);
            a02 = TSimd.MultiplyAdd(weight, x2, a02);
            a03 = TSimd.MultiplyAdd(weight, x3, a03);
            weight = TSimd.Broadcast(w1[tap]);
            a10 = TSimd.MultiplyAdd(weight, x0, a10);
            a11 = TSimd.MultiplyAdd(weight, x1, a11);
            a12 = TSimd.MultiplyAdd(weight, x2, a12);
            a13 = TSimd.MultiplyAdd(weight, x3, a13);
            weight = TSimd.Broadcast(w2[tap]);
            a20 = TSimd.MultiplyAdd(weight, x0, a20);
            a21 = TSimd.MultiplyAdd(weight, x1, a21);
            a22 = TSimd.MultiplyAdd(weight, x2, a22);
            a23 = TSimd.MultiplyAdd(weight, x3, a23);
            weight = TSimd.Broadcast(w3[tap]);
            a30 = TSimd.MultiplyAdd(weight, x0, a30);
            a31 = TSimd.MultiplyAdd(weight, x1, a31);
            a32 = TSimd.MultiplyAdd(weight, x2, a32);
            a33 = TSimd.MultiplyAdd(weight, x3, a33);
        }
        TSimd.Store(a00, pixels);
        TSimd.Store(a01, pixels + TSimd.Count);
        TSimd.Store(a02, pixels + 2 * TSimd.Count);
        TSimd.Store(a03, pixels + 3 * TSimd.Count);
        TSimd.Store(a10, pixels + 4 * TSimd.Count);
        TSimd.Store(a11, pixels + 5 * TSimd.Count);
        TSimd.Store(a12, pixels + 6 * TSimd.Count);
        TSimd.Store(a13, pixels + 7 * TSimd.Count);
        TSimd.Store(a20, pixels + 8 * TSimd.Count);
        TSimd.Store(a21, pixels + 9 * TSimd.Count);
        TSimd.Store(a22, pixels + 10 * TSimd.Count);
        TSimd.Store(a23, pixels + 11 * TSimd.Count);
        TSimd.Store(a30, pixels + 12 * TSimd.Count);
        TSimd.Store(a31, pixels + 13 * TSimd.Count);
        TSimd.Store(a32, pixels + 14 * TSimd.Count);
        TSimd.Store(a33, pixels + 15 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int row, float* input, float* pixels)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* w0 = operands.Weights + operands.WeightRows[row];
        TVector a00 = Start<TSimd, TVector>(operands, row), a01 = a00, a02 = a00, a03 = a00;
        nint right = operands.Lanes, below = operands.InputPitch;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + right);
            TVector x2 = TSimd.Load(x + below);
            TVector x3 = TSimd.Load(x + below + right);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            a01 = TSimd.MultiplyAdd(weight, x1, a01);
            a02 = TSimd.MultiplyAdd(weight, x2, a02);
            a03 = TSimd.MultiplyAdd(weight, x3, a03);
        }
        TSimd.Store(a00, pixels);
        TSimd.Store(a01, pixels + TSimd.Count);
        TSimd.Store(a02, pixels + 2 * TSimd.Count);
        TSimd.Store(a03, pixels + 3 * TSimd.Count);
    }
}
