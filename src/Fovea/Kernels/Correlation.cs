using System.Runtime.CompilerServices;
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
            case 16: Run<Simd512>(operands); break;
            case 8: Run<Simd256>(operands); break;
            case 4: Run<Simd128>(operands); break;
            default: Run<SimdScalar>(operands); break;
        }
    }

    public static void Run<TVector>(in Operands operands)
        where TVector : unmanaged, ISimd<TVector>
    {
        int row = 0;
        // Three rows or more fill a tile of six well enough, the missing ones computed twice; fewer go one by one.
        for (; operands.Rows - row >= 3; row += TileRows)
            RunRows<TVector>(operands, row);
        for (; row < operands.Rows; row++)
            RunRow<TVector>(operands, row);
    }

    private static void RunRows<TVector>(in Operands operands, int row)
        where TVector : unmanaged, ISimd<TVector>
    {
        int q = 0;
        int step = TVector.Count;
        // 6 × 4 accumulators, 4 pixels and 1 weight fill 29 of AVX-512's 32 registers; 6 × 2 fill 15 of AVX2's 16.
        if (TVector.Count == 16)
            for (; q + 4 * step <= operands.Run; q += 4 * step)
                Tile6x4<TVector>(operands, row, q);
        for (; q + 2 * step <= operands.Run; q += 2 * step)
            Tile6x2<TVector>(operands, row, q);
        for (; q < operands.Run; q += step)
            Tile6x1<TVector>(operands, row, q);
    }

    private static void RunRow<TVector>(in Operands operands, int row)
        where TVector : unmanaged, ISimd<TVector>
    {
        int q = 0;
        int step = TVector.Count;
        for (; q + 8 * step <= operands.Run; q += 8 * step)
            Tile1x8<TVector>(operands, row, q);
        for (; q < operands.Run; q += step)
            Tile1x1<TVector>(operands, row, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Clamp(in Operands operands, int row) => Math.Min(row, operands.Rows - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TVector>(in Operands operands, int row, float* output)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector start = operands.Bias == null ? TVector.Zero : TVector.Broadcast(operands.Bias[row]);
        return operands.Accumulate ? TVector.Add(start, TVector.Load(output)) : start;
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x4<TVector>(in Operands operands, int row, int q)
        where TVector : unmanaged, ISimd<TVector>
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
        TVector a00 = Start<TVector>(operands, row, o0);
        TVector a01 = Start<TVector>(operands, row, o0 + TVector.Count);
        TVector a02 = Start<TVector>(operands, row, o0 + 2 * TVector.Count);
        TVector a03 = Start<TVector>(operands, row, o0 + 3 * TVector.Count);
        TVector a10 = Start<TVector>(operands, r1, o1);
        TVector a11 = Start<TVector>(operands, r1, o1 + TVector.Count);
        TVector a12 = Start<TVector>(operands, r1, o1 + 2 * TVector.Count);
        TVector a13 = Start<TVector>(operands, r1, o1 + 3 * TVector.Count);
        TVector a20 = Start<TVector>(operands, r2, o2);
        TVector a21 = Start<TVector>(operands, r2, o2 + TVector.Count);
        TVector a22 = Start<TVector>(operands, r2, o2 + 2 * TVector.Count);
        TVector a23 = Start<TVector>(operands, r2, o2 + 3 * TVector.Count);
        TVector a30 = Start<TVector>(operands, r3, o3);
        TVector a31 = Start<TVector>(operands, r3, o3 + TVector.Count);
        TVector a32 = Start<TVector>(operands, r3, o3 + 2 * TVector.Count);
        TVector a33 = Start<TVector>(operands, r3, o3 + 3 * TVector.Count);
        TVector a40 = Start<TVector>(operands, r4, o4);
        TVector a41 = Start<TVector>(operands, r4, o4 + TVector.Count);
        TVector a42 = Start<TVector>(operands, r4, o4 + 2 * TVector.Count);
        TVector a43 = Start<TVector>(operands, r4, o4 + 3 * TVector.Count);
        TVector a50 = Start<TVector>(operands, r5, o5);
        TVector a51 = Start<TVector>(operands, r5, o5 + TVector.Count);
        TVector a52 = Start<TVector>(operands, r5, o5 + 2 * TVector.Count);
        TVector a53 = Start<TVector>(operands, r5, o5 + 3 * TVector.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TVector.Load(x);
            TVector x1 = TVector.Load(x + TVector.Count);
            TVector x2 = TVector.Load(x + 2 * TVector.Count);
            TVector x3 = TVector.Load(x + 3 * TVector.Count);
            TVector weight = TVector.Broadcast(w0[tap]);
            a00 = TVector.MultiplyAdd(weight, x0, a00);
            a01 = TVector.MultiplyAdd(weight, x1, a01);
            a02 = TVector.MultiplyAdd(weight, x2, a02);
            a03 = TVector.MultiplyAdd(weight, x3, a03);
            weight = TVector.Broadcast(w1[tap]);
            a10 = TVector.MultiplyAdd(weight, x0, a10);
            a11 = TVector.MultiplyAdd(weight, x1, a11);
            a12 = TVector.MultiplyAdd(weight, x2, a12);
            a13 = TVector.MultiplyAdd(weight, x3, a13);
            weight = TVector.Broadcast(w2[tap]);
            a20 = TVector.MultiplyAdd(weight, x0, a20);
            a21 = TVector.MultiplyAdd(weight, x1, a21);
            a22 = TVector.MultiplyAdd(weight, x2, a22);
            a23 = TVector.MultiplyAdd(weight, x3, a23);
            weight = TVector.Broadcast(w3[tap]);
            a30 = TVector.MultiplyAdd(weight, x0, a30);
            a31 = TVector.MultiplyAdd(weight, x1, a31);
            a32 = TVector.MultiplyAdd(weight, x2, a32);
            a33 = TVector.MultiplyAdd(weight, x3, a33);
            weight = TVector.Broadcast(w4[tap]);
            a40 = TVector.MultiplyAdd(weight, x0, a40);
            a41 = TVector.MultiplyAdd(weight, x1, a41);
            a42 = TVector.MultiplyAdd(weight, x2, a42);
            a43 = TVector.MultiplyAdd(weight, x3, a43);
            weight = TVector.Broadcast(w5[tap]);
            a50 = TVector.MultiplyAdd(weight, x0, a50);
            a51 = TVector.MultiplyAdd(weight, x1, a51);
            a52 = TVector.MultiplyAdd(weight, x2, a52);
            a53 = TVector.MultiplyAdd(weight, x3, a53);
        }
        TVector.Store(a00, o0);
        TVector.Store(a01, o0 + TVector.Count);
        TVector.Store(a02, o0 + 2 * TVector.Count);
        TVector.Store(a03, o0 + 3 * TVector.Count);
        TVector.Store(a10, o1);
        TVector.Store(a11, o1 + TVector.Count);
        TVector.Store(a12, o1 + 2 * TVector.Count);
        TVector.Store(a13, o1 + 3 * TVector.Count);
        TVector.Store(a20, o2);
        TVector.Store(a21, o2 + TVector.Count);
        TVector.Store(a22, o2 + 2 * TVector.Count);
        TVector.Store(a23, o2 + 3 * TVector.Count);
        TVector.Store(a30, o3);
        TVector.Store(a31, o3 + TVector.Count);
        TVector.Store(a32, o3 + 2 * TVector.Count);
        TVector.Store(a33, o3 + 3 * TVector.Count);
        TVector.Store(a40, o4);
        TVector.Store(a41, o4 + TVector.Count);
        TVector.Store(a42, o4 + 2 * TVector.Count);
        TVector.Store(a43, o4 + 3 * TVector.Count);
        TVector.Store(a50, o5);
        TVector.Store(a51, o5 + TVector.Count);
        TVector.Store(a52, o5 + 2 * TVector.Count);
        TVector.Store(a53, o5 + 3 * TVector.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x2<TVector>(in Operands operands, int row, int q)
        where TVector : unmanaged, ISimd<TVector>
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
        TVector a00 = Start<TVector>(operands, row, o0);
        TVector a01 = Start<TVector>(operands, row, o0 + TVector.Count);
        TVector a10 = Start<TVector>(operands, r1, o1);
        TVector a11 = Start<TVector>(operands, r1, o1 + TVector.Count);
        TVector a20 = Start<TVector>(operands, r2, o2);
        TVector a21 = Start<TVector>(operands, r2, o2 + TVector.Count);
        TVector a30 = Start<TVector>(operands, r3, o3);
        TVector a31 = Start<TVector>(operands, r3, o3 + TVector.Count);
        TVector a40 = Start<TVector>(operands, r4, o4);
        TVector a41 = Start<TVector>(operands, r4, o4 + TVector.Count);
        TVector a50 = Start<TVector>(operands, r5, o5);
        TVector a51 = Start<TVector>(operands, r5, o5 + TVector.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TVector.Load(x);
            TVector x1 = TVector.Load(x + TVector.Count);
            TVector weight = TVector.Broadcast(w0[tap]);
            a00 = TVector.MultiplyAdd(weight, x0, a00);
            a01 = TVector.MultiplyAdd(weight, x1, a01);
            weight = TVector.Broadcast(w1[tap]);
            a10 = TVector.MultiplyAdd(weight, x0, a10);
            a11 = TVector.MultiplyAdd(weight, x1, a11);
            weight = TVector.Broadcast(w2[tap]);
            a20 = TVector.MultiplyAdd(weight, x0, a20);
            a21 = TVector.MultiplyAdd(weight, x1, a21);
            weight = TVector.Broadcast(w3[tap]);
            a30 = TVector.MultiplyAdd(weight, x0, a30);
            a31 = TVector.MultiplyAdd(weight, x1, a31);
            weight = TVector.Broadcast(w4[tap]);
            a40 = TVector.MultiplyAdd(weight, x0, a40);
            a41 = TVector.MultiplyAdd(weight, x1, a41);
            weight = TVector.Broadcast(w5[tap]);
            a50 = TVector.MultiplyAdd(weight, x0, a50);
            a51 = TVector.MultiplyAdd(weight, x1, a51);
        }
        TVector.Store(a00, o0);
        TVector.Store(a01, o0 + TVector.Count);
        TVector.Store(a10, o1);
        TVector.Store(a11, o1 + TVector.Count);
        TVector.Store(a20, o2);
        TVector.Store(a21, o2 + TVector.Count);
        TVector.Store(a30, o3);
        TVector.Store(a31, o3 + TVector.Count);
        TVector.Store(a40, o4);
        TVector.Store(a41, o4 + TVector.Count);
        TVector.Store(a50, o5);
        TVector.Store(a51, o5 + TVector.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x1<TVector>(in Operands operands, int row, int q)
        where TVector : unmanaged, ISimd<TVector>
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
        TVector a00 = Start<TVector>(operands, row, o0);
        TVector a10 = Start<TVector>(operands, r1, o1);
        TVector a20 = Start<TVector>(operands, r2, o2);
        TVector a30 = Start<TVector>(operands, r3, o3);
        TVector a40 = Start<TVector>(operands, r4, o4);
        TVector a50 = Start<TVector>(operands, r5, o5);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TVector.Load(x);
            TVector weight = TVector.Broadcast(w0[tap]);
            a00 = TVector.MultiplyAdd(weight, x0, a00);
            weight = TVector.Broadcast(w1[tap]);
            a10 = TVector.MultiplyAdd(weight, x0, a10);
            weight = TVector.Broadcast(w2[tap]);
            a20 = TVector.MultiplyAdd(weight, x0, a20);
            weight = TVector.Broadcast(w3[tap]);
            a30 = TVector.MultiplyAdd(weight, x0, a30);
            weight = TVector.Broadcast(w4[tap]);
            a40 = TVector.MultiplyAdd(weight, x0, a40);
            weight = TVector.Broadcast(w5[tap]);
            a50 = TVector.MultiplyAdd(weight, x0, a50);
        }
        TVector.Store(a00, o0);
        TVector.Store(a10, o1);
        TVector.Store(a20, o2);
        TVector.Store(a30, o3);
        TVector.Store(a40, o4);
        TVector.Store(a50, o5);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1x8<TVector>(in Operands operands, int row, int q)
        where TVector : unmanaged, ISimd<TVector>
    {
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        TVector a00 = Start<TVector>(operands, row, o0);
        TVector a01 = Start<TVector>(operands, row, o0 + TVector.Count);
        TVector a02 = Start<TVector>(operands, row, o0 + 2 * TVector.Count);
        TVector a03 = Start<TVector>(operands, row, o0 + 3 * TVector.Count);
        TVector a04 = Start<TVector>(operands, row, o0 + 4 * TVector.Count);
        TVector a05 = Start<TVector>(operands, row, o0 + 5 * TVector.Count);
        TVector a06 = Start<TVector>(operands, row, o0 + 6 * TVector.Count);
        TVector a07 = Start<TVector>(operands, row, o0 + 7 * TVector.Count);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TVector.Load(x);
            TVector x1 = TVector.Load(x + TVector.Count);
            TVector x2 = TVector.Load(x + 2 * TVector.Count);
            TVector x3 = TVector.Load(x + 3 * TVector.Count);
            TVector x4 = TVector.Load(x + 4 * TVector.Count);
            TVector x5 = TVector.Load(x + 5 * TVector.Count);
            TVector x6 = TVector.Load(x + 6 * TVector.Count);
            TVector x7 = TVector.Load(x + 7 * TVector.Count);
            TVector weight = TVector.Broadcast(w0[tap]);
            a00 = TVector.MultiplyAdd(weight, x0, a00);
            a01 = TVector.MultiplyAdd(weight, x1, a01);
            a02 = TVector.MultiplyAdd(weight, x2, a02);
            a03 = TVector.MultiplyAdd(weight, x3, a03);
            a04 = TVector.MultiplyAdd(weight, x4, a04);
            a05 = TVector.MultiplyAdd(weight, x5, a05);
            a06 = TVector.MultiplyAdd(weight, x6, a06);
            a07 = TVector.MultiplyAdd(weight, x7, a07);
        }
        TVector.Store(a00, o0);
        TVector.Store(a01, o0 + TVector.Count);
        TVector.Store(a02, o0 + 2 * TVector.Count);
        TVector.Store(a03, o0 + 3 * TVector.Count);
        TVector.Store(a04, o0 + 4 * TVector.Count);
        TVector.Store(a05, o0 + 5 * TVector.Count);
        TVector.Store(a06, o0 + 6 * TVector.Count);
        TVector.Store(a07, o0 + 7 * TVector.Count);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1x1<TVector>(in Operands operands, int row, int q)
        where TVector : unmanaged, ISimd<TVector>
    {
        float* o0 = operands.Output + operands.OutputRows[row] + q, w0 = operands.Weights + operands.WeightRows[row];
        TVector a00 = Start<TVector>(operands, row, o0);
        float* input = operands.Input + q;
        int* weightTaps = operands.WeightTaps, inputTaps = operands.InputTaps;
        for (int k = 0; k < operands.Taps; k++)
        {
            nint tap = weightTaps[k];
            float* x = input + inputTaps[k];
            TVector x0 = TVector.Load(x);
            TVector weight = TVector.Broadcast(w0[tap]);
            a00 = TVector.MultiplyAdd(weight, x0, a00);
        }
        TVector.Store(a00, o0);
    }
}
