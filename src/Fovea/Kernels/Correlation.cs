using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The product that convolutions and linear layers come down to:
/// <code>output[rows[r] + q] (+)= bias[r] + Σₖ weights[weightRows[r] + weightTaps[k]] · input[inputTaps[k] + q]</code>
/// A tap k is one cell of the kernel in one input map; the two tables say where its weight and its pixels lie, and so
/// hold all of stride, dilation, padding, groups and transposition. Pixels q run without gaps, whatever they are (the
/// same pixel of 16 samples, or neighbours in a row): that is what lies in the lanes.
/// </summary>
internal static unsafe class Correlation
{
    private const int TileRows = 6;

    /// <summary>
    /// A tile must be a method of its own: inlined into its caller it exhausts the JIT's budget for inlining, and every
    /// multiply-add becomes a call. It is worth full optimisation from its first call on.
    /// </summary>
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. Weights are addressed as row + tap.</summary>
    public struct Operands
    {
        public float* Weights;
        public int* WeightRows;
        public int* WeightTaps;
        public float* Input;
        public int* InputTaps;
        public float* Output;
        public int* OutputRows;

        /// <summary>One start value a row, or null for zero.</summary>
        public float* Bias;
        public int Rows;
        public int Taps;

        /// <summary>How many floats a row of output has; a multiple of the vector's width.</summary>
        public int Run;

        /// <summary>Whether to add to what the output holds.</summary>
        public bool Accumulate;
    }

    /// <summary>Computes all rows at the width chosen for this machine, or less where the run is no multiple of it.</summary>
    public static void Run(in Operands operands)
    {
        switch (SimdWidth.FloatsFor(operands.Run))
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
        int row = 0;
        // Three rows or more fill a tile of six well enough, the missing ones computed twice; fewer go one by one.
        for (; operands.Rows - row >= 3; row += TileRows)
            RunRows<TSimd, TVector>(operands, row);
        for (; row < operands.Rows; row++)
            RunRow<TSimd, TVector>(operands, row);
    }

    private static void RunRows<TSimd, TVector>(in Operands operands, int row)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int q = 0;
        int step = TSimd.Count;
        // 6 × 4 accumulators, 4 pixels and 1 weight fill 29 of AVX-512's 32 registers; 6 × 2 fill 15 of AVX2's 16.
        if (TSimd.Count == 16)
            for (; q + 4 * step <= operands.Run; q += 4 * step)
                Tile6x4<TSimd, TVector>(operands, row, q);
        for (; q + 2 * step <= operands.Run; q += 2 * step)
            Tile6x2<TSimd, TVector>(operands, row, q);
        for (; q < operands.Run; q += step)
            Tile6x1<TSimd, TVector>(operands, row, q);
    }

    private static void RunRow<TSimd, TVector>(in Operands operands, int row)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int q = 0;
        int step = TSimd.Count;
        for (; q + 8 * step <= operands.Run; q += 8 * step)
            Tile1x8<TSimd, TVector>(operands, row, q);
        for (; q < operands.Run; q += step)
            Tile1x1<TSimd, TVector>(operands, row, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Clamp(in Operands operands, int row) => Math.Min(row, operands.Rows - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TSimd, TVector>(in Operands operands, int row, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector start = operands.Bias == null ? TSimd.Zero : TSimd.Broadcast(operands.Bias[row]);
        return operands.Accumulate ? TSimd.Add(start, TSimd.Load(output)) : start;
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x4<TSimd, TVector>(in Operands operands, int row, int q)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int r1 = Clamp(operands, row + 1);
        int r2 = Clamp(operands, row + 2);
        int r3 = Clamp(operands, row + 3);
        int r4 = Clamp(operands, row + 4);
        int r5 = Clamp(operands, row + 5);
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        float* o1 = operands.Output + operands.OutputRows[r1] + q, w1 = operands.Weights + operands.WeightRows[r1];
        float* o2 = operands.Output + operands.OutputRows[r2] + q, w2 = operands.Weights + operands.WeightRows[r2];
        float* o3 = operands.Output + operands.OutputRows[r3] + q, w3 = operands.Weights + operands.WeightRows[r3];
        float* o4 = operands.Output + operands.OutputRows[r4] + q, w4 = operands.Weights + operands.WeightRows[r4];
        float* o5 = operands.Output + operands.OutputRows[r5] + q, w5 = operands.Weights + operands.WeightRows[r5];
        TVector a00 = Start<TSimd, TVector>(operands, row, o0);
        TVector a01 = Start<TSimd, TVector>(operands, row, o0 + TSimd.Count);
        TVector a02 = Start<TSimd, TVector>(operands, row, o0 + 2 * TSimd.Count);
        TVector a03 = Start<TSimd, TVector>(operands, row, o0 + 3 * TSimd.Count);
        TVector a10 = Start<TSimd, TVector>(operands, r1, o1);
        TVector a11 = Start<TSimd, TVector>(operands, r1, o1 + TSimd.Count);
        TVector a12 = Start<TSimd, TVector>(operands, r1, o1 + 2 * TSimd.Count);
        TVector a13 = Start<TSimd, TVector>(operands, r1, o1 + 3 * TSimd.Count);
        TVector a20 = Start<TSimd, TVector>(operands, r2, o2);
        TVector a21 = Start<TSimd, TVector>(operands, r2, o2 + TSimd.Count);
        TVector a22 = Start<TSimd, TVector>(operands, r2, o2 + 2 * TSimd.Count);
        TVector a23 = Start<TSimd, TVector>(operands, r2, o2 + 3 * TSimd.Count);
        TVector a30 = Start<TSimd, TVector>(operands, r3, o3);
        TVector a31 = Start<TSimd, TVector>(operands, r3, o3 + TSimd.Count);
        TVector a32 = Start<TSimd, TVector>(operands, r3, o3 + 2 * TSimd.Count);
        TVector a33 = Start<TSimd, TVector>(operands, r3, o3 + 3 * TSimd.Count);
        TVector a40 = Start<TSimd, TVector>(operands, r4, o4);
        TVector a41 = Start<TSimd, TVector>(operands, r4, o4 + TSimd.Count);
        TVector a42 = Start<TSimd, TVector>(operands, r4, o4 + 2 * TSimd.Count);
        TVector a43 = Start<TSimd, TVector>(operands, r4, o4 + 3 * TSimd.Count);
        TVector a50 = Start<TSimd, TVector>(operands, r5, o5);
        TVector a51 = Start<TSimd, TVector>(operands, r5, o5 + TSimd.Count);
        TVector a52 = Start<TSimd, TVector>(operands, r5, o5 + 2 * TSimd.Count);
        TVector a53 = Start<TSimd, TVector>(operands, r5, o5 + 3 * TSimd.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + TSimd.Count);
            TVector x2 = TSimd.Load(x + 2 * TSimd.Count);
            TVector x3 = TSimd.Load(x + 3 * TSimd.Count);
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
        TSimd.Store(a00, o0);
        TSimd.Store(a01, o0 + TSimd.Count);
        TSimd.Store(a02, o0 + 2 * TSimd.Count);
        TSimd.Store(a03, o0 + 3 * TSimd.Count);
        TSimd.Store(a10, o1);
        TSimd.Store(a11, o1 + TSimd.Count);
        TSimd.Store(a12, o1 + 2 * TSimd.Count);
        TSimd.Store(a13, o1 + 3 * TSimd.Count);
        TSimd.Store(a20, o2);
        TSimd.Store(a21, o2 + TSimd.Count);
        TSimd.Store(a22, o2 + 2 * TSimd.Count);
        TSimd.Store(a23, o2 + 3 * TSimd.Count);
        TSimd.Store(a30, o3);
        TSimd.Store(a31, o3 + TSimd.Count);
        TSimd.Store(a32, o3 + 2 * TSimd.Count);
        TSimd.Store(a33, o3 + 3 * TSimd.Count);
        TSimd.Store(a40, o4);
        TSimd.Store(a41, o4 + TSimd.Count);
        TSimd.Store(a42, o4 + 2 * TSimd.Count);
        TSimd.Store(a43, o4 + 3 * TSimd.Count);
        TSimd.Store(a50, o5);
        TSimd.Store(a51, o5 + TSimd.Count);
        TSimd.Store(a52, o5 + 2 * TSimd.Count);
        TSimd.Store(a53, o5 + 3 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x2<TSimd, TVector>(in Operands operands, int row, int q)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int r1 = Clamp(operands, row + 1);
        int r2 = Clamp(operands, row + 2);
        int r3 = Clamp(operands, row + 3);
        int r4 = Clamp(operands, row + 4);
        int r5 = Clamp(operands, row + 5);
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        float* o1 = operands.Output + operands.OutputRows[r1] + q, w1 = operands.Weights + operands.WeightRows[r1];
        float* o2 = operands.Output + operands.OutputRows[r2] + q, w2 = operands.Weights + operands.WeightRows[r2];
        float* o3 = operands.Output + operands.OutputRows[r3] + q, w3 = operands.Weights + operands.WeightRows[r3];
        float* o4 = operands.Output + operands.OutputRows[r4] + q, w4 = operands.Weights + operands.WeightRows[r4];
        float* o5 = operands.Output + operands.OutputRows[r5] + q, w5 = operands.Weights + operands.WeightRows[r5];
        TVector a00 = Start<TSimd, TVector>(operands, row, o0);
        TVector a01 = Start<TSimd, TVector>(operands, row, o0 + TSimd.Count);
        TVector a10 = Start<TSimd, TVector>(operands, r1, o1);
        TVector a11 = Start<TSimd, TVector>(operands, r1, o1 + TSimd.Count);
        TVector a20 = Start<TSimd, TVector>(operands, r2, o2);
        TVector a21 = Start<TSimd, TVector>(operands, r2, o2 + TSimd.Count);
        TVector a30 = Start<TSimd, TVector>(operands, r3, o3);
        TVector a31 = Start<TSimd, TVector>(operands, r3, o3 + TSimd.Count);
        TVector a40 = Start<TSimd, TVector>(operands, r4, o4);
        TVector a41 = Start<TSimd, TVector>(operands, r4, o4 + TSimd.Count);
        TVector a50 = Start<TSimd, TVector>(operands, r5, o5);
        TVector a51 = Start<TSimd, TVector>(operands, r5, o5 + TSimd.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + TSimd.Count);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            a01 = TSimd.MultiplyAdd(weight, x1, a01);
            weight = TSimd.Broadcast(w1[tap]);
            a10 = TSimd.MultiplyAdd(weight, x0, a10);
            a11 = TSimd.MultiplyAdd(weight, x1, a11);
            weight = TSimd.Broadcast(w2[tap]);
            a20 = TSimd.MultiplyAdd(weight, x0, a20);
            a21 = TSimd.MultiplyAdd(weight, x1, a21);
            weight = TSimd.Broadcast(w3[tap]);
            a30 = TSimd.MultiplyAdd(weight, x0, a30);
            a31 = TSimd.MultiplyAdd(weight, x1, a31);
            weight = TSimd.Broadcast(w4[tap]);
            a40 = TSimd.MultiplyAdd(weight, x0, a40);
            a41 = TSimd.MultiplyAdd(weight, x1, a41);
            weight = TSimd.Broadcast(w5[tap]);
            a50 = TSimd.MultiplyAdd(weight, x0, a50);
            a51 = TSimd.MultiplyAdd(weight, x1, a51);
        }
        TSimd.Store(a00, o0);
        TSimd.Store(a01, o0 + TSimd.Count);
        TSimd.Store(a10, o1);
        TSimd.Store(a11, o1 + TSimd.Count);
        TSimd.Store(a20, o2);
        TSimd.Store(a21, o2 + TSimd.Count);
        TSimd.Store(a30, o3);
        TSimd.Store(a31, o3 + TSimd.Count);
        TSimd.Store(a40, o4);
        TSimd.Store(a41, o4 + TSimd.Count);
        TSimd.Store(a50, o5);
        TSimd.Store(a51, o5 + TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x1<TSimd, TVector>(in Operands operands, int row, int q)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int r1 = Clamp(operands, row + 1);
        int r2 = Clamp(operands, row + 2);
        int r3 = Clamp(operands, row + 3);
        int r4 = Clamp(operands, row + 4);
        int r5 = Clamp(operands, row + 5);
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        float* o1 = operands.Output + operands.OutputRows[r1] + q, w1 = operands.Weights + operands.WeightRows[r1];
        float* o2 = operands.Output + operands.OutputRows[r2] + q, w2 = operands.Weights + operands.WeightRows[r2];
        float* o3 = operands.Output + operands.OutputRows[r3] + q, w3 = operands.Weights + operands.WeightRows[r3];
        float* o4 = operands.Output + operands.OutputRows[r4] + q, w4 = operands.Weights + operands.WeightRows[r4];
        float* o5 = operands.Output + operands.OutputRows[r5] + q, w5 = operands.Weights + operands.WeightRows[r5];
        TVector a00 = Start<TSimd, TVector>(operands, row, o0);
        TVector a10 = Start<TSimd, TVector>(operands, r1, o1);
        TVector a20 = Start<TSimd, TVector>(operands, r2, o2);
        TVector a30 = Start<TSimd, TVector>(operands, r3, o3);
        TVector a40 = Start<TSimd, TVector>(operands, r4, o4);
        TVector a50 = Start<TSimd, TVector>(operands, r5, o5);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            weight = TSimd.Broadcast(w1[tap]);
            a10 = TSimd.MultiplyAdd(weight, x0, a10);
            weight = TSimd.Broadcast(w2[tap]);
            a20 = TSimd.MultiplyAdd(weight, x0, a20);
            weight = TSimd.Broadcast(w3[tap]);
            a30 = TSimd.MultiplyAdd(weight, x0, a30);
            weight = TSimd.Broadcast(w4[tap]);
            a40 = TSimd.MultiplyAdd(weight, x0, a40);
            weight = TSimd.Broadcast(w5[tap]);
            a50 = TSimd.MultiplyAdd(weight, x0, a50);
        }
        TSimd.Store(a00, o0);
        TSimd.Store(a10, o1);
        TSimd.Store(a20, o2);
        TSimd.Store(a30, o3);
        TSimd.Store(a40, o4);
        TSimd.Store(a50, o5);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1x8<TSimd, TVector>(in Operands operands, int row, int q)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        TVector a00 = Start<TSimd, TVector>(operands, row, o0);
        TVector a01 = Start<TSimd, TVector>(operands, row, o0 + TSimd.Count);
        TVector a02 = Start<TSimd, TVector>(operands, row, o0 + 2 * TSimd.Count);
        TVector a03 = Start<TSimd, TVector>(operands, row, o0 + 3 * TSimd.Count);
        TVector a04 = Start<TSimd, TVector>(operands, row, o0 + 4 * TSimd.Count);
        TVector a05 = Start<TSimd, TVector>(operands, row, o0 + 5 * TSimd.Count);
        TVector a06 = Start<TSimd, TVector>(operands, row, o0 + 6 * TSimd.Count);
        TVector a07 = Start<TSimd, TVector>(operands, row, o0 + 7 * TSimd.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector x1 = TSimd.Load(x + TSimd.Count);
            TVector x2 = TSimd.Load(x + 2 * TSimd.Count);
            TVector x3 = TSimd.Load(x + 3 * TSimd.Count);
            TVector x4 = TSimd.Load(x + 4 * TSimd.Count);
            TVector x5 = TSimd.Load(x + 5 * TSimd.Count);
            TVector x6 = TSimd.Load(x + 6 * TSimd.Count);
            TVector x7 = TSimd.Load(x + 7 * TSimd.Count);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
            a01 = TSimd.MultiplyAdd(weight, x1, a01);
            a02 = TSimd.MultiplyAdd(weight, x2, a02);
            a03 = TSimd.MultiplyAdd(weight, x3, a03);
            a04 = TSimd.MultiplyAdd(weight, x4, a04);
            a05 = TSimd.MultiplyAdd(weight, x5, a05);
            a06 = TSimd.MultiplyAdd(weight, x6, a06);
            a07 = TSimd.MultiplyAdd(weight, x7, a07);
        }
        TSimd.Store(a00, o0);
        TSimd.Store(a01, o0 + TSimd.Count);
        TSimd.Store(a02, o0 + 2 * TSimd.Count);
        TSimd.Store(a03, o0 + 3 * TSimd.Count);
        TSimd.Store(a04, o0 + 4 * TSimd.Count);
        TSimd.Store(a05, o0 + 5 * TSimd.Count);
        TSimd.Store(a06, o0 + 6 * TSimd.Count);
        TSimd.Store(a07, o0 + 7 * TSimd.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1x1<TSimd, TVector>(in Operands operands, int row, int q)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        TVector a00 = Start<TSimd, TVector>(operands, row, o0);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TSimd.Load(x);
            TVector weight = TSimd.Broadcast(w0[tap]);
            a00 = TSimd.MultiplyAdd(weight, x0, a00);
        }
        TSimd.Store(a00, o0);
    }
}
