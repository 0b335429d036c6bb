using System.Runtime.CompilerServices;

namespace Fovea.Imaging;

/// <summary>
/// Makes columns of rows within the memory that they lie in: elements move within their columns, then within their rows,
/// then within their columns again (Catanzaro, Keller and Garland, A Decomposition for In-place Matrix Transposition, 2014,
/// algorithm 1). Only a band of columns is kept beside it.
/// </summary>
internal static class Transposition
{
    private const int BandBytes = 1 << 20, MinBand = 16;

    /// <summary>Transposes a matrix.</summary>
    /// <param name="matrix">(rows, columns) before, (columns, rows) after.</param>
    /// <param name="rows">Rows before.</param>
    /// <param name="columns">Columns before.</param>
    public static void Run<T>(Span<T> matrix, int rows, int columns)
        where T : unmanaged
    {
        if (rows == 1 || columns == 1)
            return;
        int divisor = GreatestCommonDivisor(rows, columns), run = columns / divisor, block = rows / divisor;
        int[] ofRow = new int[rows], ofColumn = new int[columns];
        int width = Math.Min(columns, Math.Max(BandBytes / rows / Unsafe.SizeOf<T>(), MinBand));
        var band = new T[Math.Max(rows * width, columns)];
        if (divisor > 1)
        {
            for (int i = 0; i < rows; i++)
                ofRow[i] = i;
            for (int j = 0; j < columns; j++)
                ofColumn[j] = j / run;
            MoveWithinColumns(matrix, rows, columns, ofRow, ofColumn, band);
        }
        MoveWithinRows(matrix, rows, columns, run, band);
        for (int i = 0; i < rows; i++)
            ofRow[i] = (int)((((long)i * columns) - (i / block)) % rows);
        for (int j = 0; j < columns; j++)
            ofColumn[j] = j % rows;
        MoveWithinColumns(matrix, rows, columns, ofRow, ofColumn, band);
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }

    /// <summary>Puts into (i, j) what is in row (ofRow[i] + ofColumn[j]) mod rows of the same column.</summary>
    private static void MoveWithinColumns<T>(Span<T> matrix, int rows, int columns, ReadOnlySpan<int> ofRow, ReadOnlySpan<int> ofColumn, T[] band)
        where T : unmanaged
    {
        int most = band.Length / rows;
        for (int left = 0; left < columns; left += most)
        {
            int width = Math.Min(most, columns - left);
            for (int i = 0; i < rows; i++)
                matrix.Slice((i * columns) + left, width).CopyTo(band.AsSpan(i * width));
            ReadOnlySpan<int> shifts = ofColumn.Slice(left, width);
            for (int i = 0; i < rows; i++)
            {
                Span<T> target = matrix.Slice((i * columns) + left, width);
                int row = ofRow[i];
                for (int j = 0; j < shifts.Length && j < target.Length; j++)
                {
                    int from = row + shifts[j];
                    from -= from >= rows ? rows : 0;
                    target[j] = band[(from * width) + j];
                }
            }
        }
    }

    /// <summary>Puts (i, j) into column ((i + ⌊j / run⌋) mod rows + j · rows) mod columns of the same row.</summary>
    private static void MoveWithinRows<T>(Span<T> matrix, int rows, int columns, int run, T[] band)
        where T : unmanaged
    {
        int step = rows % columns;
        Span<T> line = band.AsSpan(0, columns);
        for (int i = 0; i < rows; i++)
        {
            Span<T> row = matrix.Slice(i * columns, columns);
            row.CopyTo(line);
            // start is (i + ⌊j / run⌋) mod rows, and product is j · rows, both mod columns.
            int turn = i, start = i % columns, product = 0;
            for (int first = 0; first < columns; first += run)
            {
                foreach (T element in line.Slice(first, run))
                {
                    int to = start + product;
                    row[to - (to >= columns ? columns : 0)] = element;
                    product += step;
                    product -= product >= columns ? columns : 0;
                }
                turn++;
                start++;
                if (turn == rows)
                    turn = start = 0;
                if (start == columns)
                    start = 0;
            }
        }
    }
}
