using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Png;

/// <summary>
/// The five predictions of PNG (specification, section 9): a byte is sent as its difference from what the bytes to the
/// left (a), above (b) and above left (c) suggest.
/// </summary>
internal static class PngFilter
{
    public const int None = 0, Sub = 1, Up = 2, Average = 3, Paeth = 4, Count = 5;

    /// <summary>Turns differences into values, in place.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="row">The row without its filter byte.</param>
    /// <param name="above">The row above it, already decoded; zeros above the first.</param>
    /// <param name="distance">Bytes to the pixel on the left: 1 to 8.</param>
    public static void Decode(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case Sub:
                for (int i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                break;
            case Up:
                TensorPrimitives.Add(row, above, row);
                break;
            case Average:
                above = above[..row.Length];
                for (int i = 0; i < Math.Min(distance, row.Length); i++)
                    row[i] += (byte)(above[i] >> 1);
                for (int i = distance; i < row.Length; i++)
                    row[i] += (byte)((row[i - distance] + above[i]) >> 1);
                break;
            case Paeth:
                above = above[..row.Length];
                for (int i = 0; i < Math.Min(distance, row.Length); i++)
                    row[i] += above[i];
                for (int i = distance; i < row.Length; i++)
                    row[i] += PaethPrediction(row[i - distance], above[i], above[i - distance]);
                break;
        }
    }

    /// <summary>Turns values into differences.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="row">The row's values.</param>
    /// <param name="above">The values of the row above; zeros above the first.</param>
    /// <param name="distance">Bytes to the pixel on the left: 1 to 8.</param>
    /// <param name="result">The differences, as many as the row has bytes.</param>
    public static void Encode(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, Span<byte> result)
    {
        switch (filter)
        {
            case None:
                row.CopyTo(result);
                break;
            case Sub:
                row[..distance].CopyTo(result);
                TensorPrimitives.Subtract(row[distance..], row[..^distance], result[distance..]);
                break;
            case Up:
                TensorPrimitives.Subtract(row, above, result);
                break;
            case Average:
                for (int i = 0; i < row.Length; i++)
                    result[i] = (byte)(row[i] - (((i < distance ? 0 : row[i - distance]) + above[i]) >> 1));
                break;
            case Paeth:
                TensorPrimitives.Subtract(row[..distance], above[..distance], result);
                for (int i = distance; i < row.Length; i++)
                    result[i] = (byte)(row[i] - PaethPrediction(row[i - distance], above[i], above[i - distance]));
                break;
        }
    }

    /// <summary>Whichever of a, b, c is nearest to a + b − c; a before b before c where they are equally near.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte PaethPrediction(int a, int b, int c)
    {
        int toA = Math.Abs(b - c), toB = Math.Abs(a - c), toC = Math.Abs(a + b - c - c);
        int nearest = toB <= toC ? b : c;
        return (byte)(toA <= toB && toA <= toC ? a : nearest);
    }
}
