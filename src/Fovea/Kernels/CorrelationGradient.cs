using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The gradient of <see cref="Correlation"/> with respect to its weights:
/// <code>weightGradient[weightRows[r] + weightTaps[k]] += Σ_y Σ_q outputGradient[rows[r] + y · pitch + q] · input[inputTaps[k] + y · inputPitch + q]</code>
/// Every lane sums its own pixels; the lanes are added up once, at the end.
/// </summary>
internal static unsafe class CorrelationGradient
{
    private const int TileRows = 6;
    private const int TileTaps = 4;

    /// <summary>
    /// A tile must be a method of its own: inlined into its caller it exhausts the JIT's budget for inlining, and every
    /// multiply-add becomes a call. It is worth full optimisation from its first call on.
    /// </summary>
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies; the tables are those of the forward pass.</summary>
    public struct Operands
    {
        public float* OutputGradient;
        public int* OutputRows;
        public int OutputPitch;
        public float* Input;
        public int* InputTaps;
        public int InputPitch;
        public float* WeightGradient;
        public int* WeightRows;
        public int* WeightTaps;
        public int Rows;
        public int Taps;

        /// <summary>How many runs of pixels there are: rows of the output plane.</summary>
        public int Runs;

        /// <summary>How many floats a run has; a multiple of the vector's width.</summary>
        public int Run;
    }

    /// <summary>Adds to all weight gradients at the width chosen for this machine, or less where the run is no multiple of it.</summary>
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
        for (; operands.Rows - row >= 3; row += TileRows)
            for (int tap = 0; tap < operands.Taps; tap += TileTaps)
                Tile6x4<TSimd, TVector>(operands, row, tap);
        for (; row < operands.Rows; row++)
            for (int tap = 0; tap < operands.Taps; tap += TileTaps)
                Tile1x4<TSimd, TVector>(operands, row, tap);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* RowAt(in Operands operands, int row) =>
        operands.OutputGradient + operands.OutputRows[Math.Min(row, operands.Rows - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* TapAt(in Operands operands, int tap) =>
        operands.Input + operands.InputTaps[Math.Min(tap, operands.Taps - 1)];

    /// <summary>Adds the lanes' sums to the gradients of one row; taps past the last were computed for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector>(in Operands operands, int row, int tap, TVector a0, TVector a1, TVector a2, TVector a3)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (row >= operands.Rows)
            return;
        float* gradient = operands.WeightGradient + operands.WeightRows[row];
        int* taps = operands.WeightTaps + tap;
        int count = operands.Taps - tap;
        gradient[taps[0]] += TSimd.Sum(a0);
        if (count > 1)
            gradient[taps[1]] += TSimd.Sum(a1);
        if (count > 2)
            gradient[taps[2]] += TSimd.Sum(a2);
        if (count > 3)
            gradient[taps[3]] += TSimd.Sum(a3);
    }

    [MethodImpl(TileOptions)]
    private static void Tile6x4<TSimd, TVector>(in Operands operands, int row, int tap)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = RowAt(operands, row);
        float* g1 = RowAt(operands, row + 1);
        float* g2 = RowAt(operands, row + 2);
        float* g3 = RowAt(operands, row + 3);
        float* g4 = RowAt(operands, row + 4);
        float* g5 = RowAt(operands, row + 5);
        float* p0 = TapAt(operands, tap);
        float* p1 = TapAt(operands, tap + 1);
        float* p2 = TapAt(operands, tap + 2);
        float* p3 = TapAt(operands, tap + 3);
        TVector a00 = TSimd.Zero, a01 = TSimd.Zero, a02 = TSimd.Zero, a03 = TSimd.Zero;
        TVector a10 = TSimd.Zero, a11 = TSimd.Zero, a12 = TSimd.Zero, a13 = TSimd.Zero;
        TVector a20 = TSimd.Zero, a21 = TSimd.Zero, a22 = TSimd.Zero, a23 = TSimd.Zero;
        TVector a30 = TSimd.Zero, a31 = TSimd.Zero, a32 = TSimd.Zero, a33 = TSimd.Zero;
        TVector a40 = TSimd.Zero, a41 = TSimd.Zero, a42 = TSimd.Zero, a43 = TSimd.Zero;
        TVector a50 = TSimd.Zero, a51 = TSimd.Zero, a52 = TSimd.Zero, a53 = TSimd.Zero;
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch;
            for (nint q = 0; q < operands.Run; q += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input + q);
                TVector x1 = TSimd.Load(p1 + input + q);
                TVector x2 = TSimd.Load(p2 + input + q);
                TVector x3 = TSimd.Load(p3 + input + q);
                TVector gradient = TSimd.Load(g0 + output + q);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
                a01 = TSimd.MultiplyAdd(gradient, x1, a01);
                a02 = TSimd.MultiplyAdd(gradient, x2, a02);
                a03 = TSimd.MultiplyAdd(gradient, x3, a03);
                gradient = TSimd.Load(g1 + output + q);
                a10 = TSimd.MultiplyAdd(gradient, x0, a10);
                a11 = TSimd.MultiplyAdd(gradient, x1, a11);
                a12 = TSimd.MultiplyAdd(gradient, x2, a12);
                a13 = TSimd.MultiplyAdd(gradient, x3, a13);
                gradient = TSimd.Load(g2 + output + q);
                a20 = TSimd.MultiplyAdd(gradient, x0, a20);
                a21 = TSimd.MultiplyAdd(gradient, x1, a21);
                a22 = TSimd.MultiplyAdd(gradient, x2, a22);
                a23 = TSimd.MultiplyAdd(gradient, x3, a23);
                gradient = TSimd.Load(g3 + output + q);
                a30 = TSimd.MultiplyAdd(gradient, x0, a30);
                a31 = TSimd.MultiplyAdd(gradient, x1, a31);
                a32 = TSimd.MultiplyAdd(gradient, x2, a32);
                a33 = TSimd.MultiplyAdd(gradient, x3, a33);
                gradient = TSimd.Load(g4 + output + q);
                a40 = TSimd.MultiplyAdd(gradient, x0, a40);
                a41 = TSimd.MultiplyAdd(gradient, x1, a41);
                a42 = TSimd.MultiplyAdd(gradient, x2, a42);
                a43 = TSimd.MultiplyAdd(gradient, x3, a43);
                gradient = TSimd.Load(g5 + output + q);
                a50 = TSimd.MultiplyAdd(gradient, x0, a50);
                a51 = TSimd.MultiplyAdd(gradient, x1, a51);
                a52 = TSimd.MultiplyAdd(gradient, x2, a52);
                a53 = TSimd.MultiplyAdd(gradient, x3, a53);
            }
        }
        Add<TSimd, TVector>(operands, row, tap, a00, a01, a02, a03);
        Add<TSimd, TVector>(operands, row + 1, tap, a10, a11, a12, a13);
        Add<TSimd, TVector>(operands, row + 2, tap, a20, a21, a22, a23);
        Add<TSimd, TVector>(operands, row + 3, tap, a30, a31, a32, a33);
        Add<TSimd, TVector>(operands, row + 4, tap, a40, a41, a42, a43);
        Add<TSimd, TVector>(operands, row + 5, tap, a50, a51, a52, a53);
    }

    [MethodImpl(TileOptions)]
    private static void Tile1x4<TSimd, TVector>(in Operands operands, int row, int tap)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* g0 = RowAt(operands, row);
        float* p0 = TapAt(operands, tap);
        float* p1 = TapAt(operands, tap + 1);
        float* p2 = TapAt(operands, tap + 2);
        float* p3 = TapAt(operands, tap + 3);
        TVector a00 = TSimd.Zero, a01 = TSimd.Zero, a02 = TSimd.Zero, a03 = TSimd.Zero;
        for (int y = 0; y < operands.Runs; y++)
        {
            nint output = (nint)y * operands.OutputPitch, input = (nint)y * operands.InputPitch;
            for (nint q = 0; q < operands.Run; q += TSimd.Count)
            {
                TVector x0 = TSimd.Load(p0 + input + q);
                TVector x1 = TSimd.Load(p1 + input + q);
                TVector x2 = TSimd.Load(p2 + input + q);
                TVector x3 = TSimd.Load(p3 + input + q);
                TVector gradient = TSimd.Load(g0 + output + q);
                a00 = TSimd.MultiplyAdd(gradient, x0, a00);
                a01 = TSimd.MultiplyAdd(gradient, x1, a01);
                a02 = TSimd.MultiplyAdd(gradient, x2, a02);
                a03 = TSimd.MultiplyAdd(gradient, x3, a03);
            }
        }
        Add<TSimd, TVector>(operands, row, tap, a00, a01, a02, a03);
    }
}
