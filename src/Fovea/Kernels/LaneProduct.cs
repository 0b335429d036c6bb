using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The product of two matrices of 16 samples side by side, every lane for itself:
/// <code>output[r][c][lane] (+)= Σₖ left[r][k][lane] · right[k][c][lane]</code>
/// </summary>
internal static unsafe class LaneProduct
{
    /// <summary>Samples side by side.</summary>
    public const int Lanes = 16;

    /// <summary>A tile of 3 × 3 sums: 6 loads for 9 products, and no more registers than AVX2 has.</summary>
    private const int Side = 3;

    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. Steps in floats.</summary>
    private struct Operands
    {
        public float* Left;
        public nint LeftRow;
        public nint LeftTap;
        public float* Right;
        public nint RightTap;
        public nint RightColumn;
        public float* Output;
        public int Rows;
        public int Taps;
        public int Columns;
        public bool Adds;
    }

    /// <summary>Computes the product at the width chosen for this machine.</summary>
    /// <param name="rows">Rows of the left matrix and of the output.</param>
    /// <param name="taps">Columns of the left matrix, rows of the right one.</param>
    /// <param name="columns">Columns of the right matrix and of the output.</param>
    /// <param name="left">(rows, taps, 16).</param>
    /// <param name="leftAcross">Whether it is (taps, rows, 16) instead.</param>
    /// <param name="right">(taps, columns, 16).</param>
    /// <param name="rightAcross">Whether it is (columns, taps, 16) instead.</param>
    /// <param name="output">(rows, columns, 16).</param>
    /// <param name="adds">Whether to add to what is there.</param>
    public static void Run(
        int rows, int taps, int columns, ReadOnlySpan<float> left, bool leftAcross, ReadOnlySpan<float> right, bool rightAcross, Span<float> output, bool adds)
    {
        switch (Math.Min(Lanes, SimdWidth.Floats))
        {
            case 16: Run<Simd512, Vector512<float>>(rows, taps, columns, left, leftAcross, right, rightAcross, output, adds); break;
            case 8: Run<Simd256, Vector256<float>>(rows, taps, columns, left, leftAcross, right, rightAcross, output, adds); break;
            case 4: Run<Simd128, Vector128<float>>(rows, taps, columns, left, leftAcross, right, rightAcross, output, adds); break;
            default: Run<SimdScalar, float>(rows, taps, columns, left, leftAcross, right, rightAcross, output, adds); break;
        }
    }

    internal static void Run<TSimd, TVector>(
        int rows, int taps, int columns, ReadOnlySpan<float> left, bool leftAcross, ReadOnlySpan<float> right, bool rightAcross, Span<float> output, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, rows * taps * Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, taps * columns * Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, rows * columns * Lanes);
        fixed (float* l = left, r = right, o = output)
        {
            var operands = new Operands
            {
                Left = l,
                LeftRow = (leftAcross ? 1 : taps) * Lanes,
                LeftTap = (leftAcross ? rows : 1) * Lanes,
                Right = r,
                RightTap = (rightAcross ? 1 : columns) * Lanes,
                RightColumn = (rightAcross ? taps : 1) * Lanes,
                Output = o,
                Rows = rows,
                Taps = taps,
                Columns = columns,
                Adds = adds,
            };
            for (int column = 0; column < columns; column += Side)
                for (int row = 0; row < rows; row += Side)
                    for (int lane = 0; lane < Lanes; lane += TSimd.Count)
                        Tile<TSimd, TVector>(operands, row, column, lane);
        }
    }

    /// <summary>Rows and columns past the last are the last again: computed twice, from the same numbers, and all of it loaded before any is stored.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile<TSimd, TVector>(in Operands operands, int row, int column, int lane)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int row1 = Math.Min(row + 1, operands.Rows - 1), row2 = Math.Min(row + 2, operands.Rows - 1);
        int column1 = Math.Min(column + 1, operands.Columns - 1), column2 = Math.Min(column + 2, operands.Columns - 1);
        float* l0 = operands.Left + lane + row * operands.LeftRow, l1 = operands.Left + lane + row1 * operands.LeftRow, l2 = operands.Left + lane + row2 * operands.LeftRow;
        float* r0 = operands.Right + lane + column * operands.RightColumn, r1 = operands.Right + lane + column1 * operands.RightColumn, r2 = operands.Right + lane + column2 * operands.RightColumn;
        nint pitch = (nint)operands.Columns * Lanes;
        float* o0 = operands.Output + lane + row * pitch, o1 = operands.Output + lane + row1 * pitch, o2 = operands.Output + lane + row2 * pitch;
        nint c0 = (nint)column * Lanes, c1 = (nint)column1 * Lanes, c2 = (nint)column2 * Lanes;
        bool adds = operands.Adds;
        TVector s00 = adds ? TSimd.Load(o0 + c0) : TSimd.Zero, s01 = adds ? TSimd.Load(o0 + c1) : TSimd.Zero, s02 = adds ? TSimd.Load(o0 + c2) : TSimd.Zero;
        TVector s10 = adds ? TSimd.Load(o1 + c0) : TSimd.Zero, s11 = adds ? TSimd.Load(o1 + c1) : TSimd.Zero, s12 = adds ? TSimd.Load(o1 + c2) : TSimd.Zero;
        TVector s20 = adds ? TSimd.Load(o2 + c0) : TSimd.Zero, s21 = adds ? TSimd.Load(o2 + c1) : TSimd.Zero, s22 = adds ? TSimd.Load(o2 + c2) : TSimd.Zero;
        nint leftTap = operands.LeftTap, rightTap = operands.RightTap;
        for (int k = operands.Taps; k > 0; k--)
        {
            TVector y0 = TSimd.Load(r0), y1 = TSimd.Load(r1), y2 = TSimd.Load(r2);
            TVector x = TSimd.Load(l0);
            s00 = TSimd.MultiplyAdd(x, y0, s00);
            s01 = TSimd.MultiplyAdd(x, y1, s01);
            s02 = TSimd.MultiplyAdd(x, y2, s02);
            x = TSimd.Load(l1);
            s10 = TSimd.MultiplyAdd(x, y0, s10);
            s11 = TSimd.MultiplyAdd(x, y1, s11);
            s12 = TSimd.MultiplyAdd(x, y2, s12);
            x = TSimd.Load(l2);
            s20 = TSimd.MultiplyAdd(x, y0, s20);
            s21 = TSimd.MultiplyAdd(x, y1, s21);
            s22 = TSimd.MultiplyAdd(x, y2, s22);
            l0 += leftTap;
            l1 += leftTap;
            l2 += leftTap;
            r0 += rightTap;
            r1 += rightTap;
            r2 += rightTap;
        }
        TSimd.Store(s00, o0 + c0);
        TSimd.Store(s01, o0 + c1);
        TSimd.Store(s02, o0 + c2);
        TSimd.Store(s10, o1 + c0);
        TSimd.Store(s11, o1 + c1);
        TSimd.Store(s12, o1 + c2);
        TSimd.Store(s20, o2 + c0);
        TSimd.Store(s21, o2 + c1);
        TSimd.Store(s22, o2 + c2);
    }
}
