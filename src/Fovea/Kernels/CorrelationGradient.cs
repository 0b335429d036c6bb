using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>How much of a weight gradient is computed.</summary>
internal enum GradientPart
{
    /// <summary>From the first pixel to the weight gradients.</summary>
    Everything,

    /// <summary>Adds these runs to the lanes' sums.</summary>
    Band,

    /// <summary>Adds the lanes' sums to the weight gradients.</summary>
    Finish,
}

/// <summary>
/// The gradient of <see cref="Correlation"/> with respect to its weights:
/// <code>weightGradient[weightRows[r] + weightTaps[k]] += Σ_y Σ_q outputGradient[rows[r] + y · pitch + q] · input[inputTaps[k] + y · inputPitch + q]</code>
/// Every lane sums its own pixels; the lanes are added up once, at the end. Where the output's gradient comes in bands
/// of rows, the lanes' sums are kept in between: the order of all sums, and so the result, is the same.
/// </summary>
internal static unsafe class CorrelationGradient
{
    private const int MaxSums = 26;
    private const int WidestVector = 16;

    /// <summary>Floats that the rows of a tall tile may have: half of the first cache.</summary>
    private const int MaxTileFloats = 4096;

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

    /// <summary>Floats that hold the lanes' sums between bands.</summary>
    public static int SumsLength(int rows, int taps) => checked(rows * taps * WidestVector);

    /// <summary>Adds to all weight gradients at the width chosen for this machine, or less where the run is no multiple of it.</summary>
    public static void Run(in Operands operands) => Run(operands, null, GradientPart.Everything);

    /// <summary>Does part of it.</summary>
    /// <param name="operands">Where everything lies.</param>
    /// <param name="sums">The lanes' sums, <see cref="SumsLength"/> floats that the first band finds zero; unused for everything at once.</param>
    /// <param name="part">What to do.</param>
    public static void Run(in Operands operands, float* sums, GradientPart part)
    {
        switch (SimdWidth.FloatsFor(operands.Run))
        {
            case 16: Run<Simd512, Vector512<float>>(operands, sums, part); break;
            case 8: Run<Simd256, Vector256<float>>(operands, sums, part); break;
            case 4: Run<Simd128, Vector128<float>>(operands, sums, part); break;
            default: Run<SimdScalar, float>(operands, sums, part); break;
        }
    }

    /// <summary>Adds to all weight gradients at one width.</summary>
    public static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => Run<TSimd, TVector>(operands, null, GradientPart.Everything);

    private static void Run<TSimd, TVector>(in Operands operands, float* sums, GradientPart part)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* own = stackalloc float[(MaxSums + 1) * WidestVector];
        own = (float*)(((nint)own + 63) & ~(nint)63);
        // 32 registers hold 26 sums, two gradients and a pixel.
        bool inPairs = TSimd.Count == 16 && (long)operands.Runs * operands.Run * 6 > MaxTileFloats;
        for (int row = 0, rows; row < operands.Rows; row += rows)
        {
            rows = inPairs ? Math.Min(2, operands.Rows - row) : RowsOfTile(operands.Rows - row);
            for (int tap = 0, taps; tap < operands.Taps; tap += taps)
            {
                taps = TapsOfTile(rows, operands.Taps - tap);
                int length = rows * taps * TSimd.Count;
                if (part == GradientPart.Everything)
                    new Span<float>(own, length).Clear();
                if (part != GradientPart.Finish)
                    RunTile<TSimd, TVector>(operands, row, rows, tap, taps, part == GradientPart.Everything ? own : sums);
                if (part != GradientPart.Band)
                    AddLanes<TSimd, TVector>(operands, row, rows, tap, taps, part == GradientPart.Everything ? own : sums);
                sums += length;
            }
        }
    }

    /// <summary>Tiles of 6 rows, and of 4 where 6 leave too few: 16 rows are 6 + 6 + 4.</summary>
    private static int RowsOfTile(int left) => left >= 6 && left is not (8 or 9) ? 6 : left >= 4 ? 4 : 1;

    /// <summary>Pairs of rows take 12 or 13 taps, so that 25 and 150 leave none.</summary>
    private static int TapsOfTile(int rows, int left)
    {
        if (rows == 2)
            return left % 12 != 0 && left >= 13 ? 13 : left >= 12 ? 12 : 1;
        int most = rows == 4 ? 6 : 4;
        return left >= most ? most : 1;
    }

    private static void RunTile<TSimd, TVector>(in Operands operands, int row, int rows, int tap, int taps, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        switch (rows, taps)
        {
            case (6, 4): CorrelationGradientTiles.Tile6x4<TSimd, TVector>(operands, row, tap, sums); break;
            case (6, 1): CorrelationGradientTiles.Tile6x1<TSimd, TVector>(operands, row, tap, sums); break;
            case (4, 6): CorrelationGradientTiles.Tile4x6<TSimd, TVector>(operands, row, tap, sums); break;
            case (4, 1): CorrelationGradientTiles.Tile4x1<TSimd, TVector>(operands, row, tap, sums); break;
            case (2, 13): CorrelationGradientTiles.Tile2x13<TSimd, TVector>(operands, row, tap, sums); break;
            case (2, 12): CorrelationGradientTiles.Tile2x12<TSimd, TVector>(operands, row, tap, sums); break;
            case (2, 1): CorrelationGradientTiles.Tile2x1<TSimd, TVector>(operands, row, tap, sums); break;
            case (1, 4): CorrelationGradientTiles.Tile1x4<TSimd, TVector>(operands, row, tap, sums); break;
            default: CorrelationGradientTiles.Tile1x1<TSimd, TVector>(operands, row, tap, sums); break;
        }
    }

    private static void AddLanes<TSimd, TVector>(in Operands operands, int row, int rows, int tap, int taps, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int r = 0; r < rows; r++)
        {
            float* gradient = operands.WeightGradient + operands.WeightRows[row + r];
            int k = 0;
            if (Avx.IsSupported && TSimd.Count >= 8)
                for (int count; k < taps; k += count, sums += count * TSimd.Count)
                {
                    // What is left goes the same way one by one: a weight's sum must not depend on its place in a tile.
                    count = k + 4 <= taps ? 4 : 1;
                    Vector128<float> totals = SumFour<TSimd, TVector>(sums, count == 4 ? TSimd.Count : 0);
                    for (int i = 0; i < count; i++)
                        gradient[operands.WeightTaps[tap + k + i]] += totals[i];
                }
            for (; k < taps; k++, sums += TSimd.Count)
                gradient[operands.WeightTaps[tap + k]] += TSimd.Sum(TSimd.Load(sums));
        }
    }

    /// <summary>The sums of the lanes of four vectors: adding neighbours of two vectors at a time takes half the work of one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> SumFour<TSimd, TVector>(float* vectors, int step)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        Vector256<float> ab = Avx.HorizontalAdd(Half<TSimd, TVector>(vectors), Half<TSimd, TVector>(vectors + step));
        Vector256<float> cd = Avx.HorizontalAdd(Half<TSimd, TVector>(vectors + 2 * step), Half<TSimd, TVector>(vectors + 3 * step));
        Vector256<float> all = Avx.HorizontalAdd(ab, cd);
        return all.GetLower() + all.GetUpper();
    }

    /// <summary>A vector of 8 as it is, the halves of one of 16 added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Half<TSimd, TVector>(float* vector)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Count == 8 ? Vector256.Load(vector) : Vector256.Load(vector) + Vector256.Load(vector + 8);
}
