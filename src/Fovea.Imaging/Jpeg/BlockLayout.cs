using System.Numerics;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// How the 64 coefficients of a block lie in memory: rows r and r + 4 are woven into each other, which is how the
/// inverse transform's multiply-add of pairs wants them: (r, c) lies at 16 · (r mod 4) + 2 · c + r / 4.
/// </summary>
internal static class BlockLayout
{
    /// <summary>Coefficients of a block.</summary>
    public const int Size = 64;

    /// <summary>Row · 8 + column of the i-th coefficient of the file (figure A.6).</summary>
    public static ReadOnlySpan<byte> ZigZag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
        12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
        58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>Where the i-th coefficient of the file lies in memory: <see cref="Place"/> of <see cref="ZigZag"/>.</summary>
    public static ReadOnlySpan<byte> Positions =>
    [
        0, 2, 16, 32, 18, 4, 6, 20, 34, 48, 1, 50, 36, 22, 8, 10,
        24, 38, 52, 3, 17, 33, 19, 5, 54, 40, 26, 12, 14, 28, 42, 56,
        7, 21, 35, 49, 51, 37, 23, 9, 58, 44, 30, 46, 60, 11, 25, 39,
        53, 55, 41, 27, 13, 62, 15, 29, 43, 57, 59, 45, 31, 47, 61, 63,
    ];

    /// <summary>The other order in use, that of the file, in which coefficients wait for all scans of a image.</summary>
    public static ReadOnlySpan<byte> FileOrder =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
        48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    ];

    /// <summary>Which coefficients are not 0: the lowest bit for the first in memory.</summary>
    public static unsafe ulong Occupied(short* block)
    {
        ulong empty = 0;
        for (int i = 0; i < Size; i += Vector256<short>.Count)
            empty |= (ulong)Vector256.Equals(Vector256.Load(block + i), Vector256<short>.Zero).ExtractMostSignificantBits() << i;
        return ~empty;
    }

    /// <summary>Lays coefficients that are in the order of the file as the transform wants them.</summary>
    /// <param name="source">64 coefficients.</param>
    /// <param name="occupied">Which are not 0.</param>
    /// <param name="target">64 coefficients.</param>
    public static unsafe void Arrange(short* source, ulong occupied, short* target)
    {
        new Span<short>(target, Size).Clear();
        for (; occupied != 0; occupied &= occupied - 1)
        {
            int i = BitOperations.TrailingZeroCount(occupied);
            target[Positions[i]] = source[i];
        }
    }

    /// <summary>Where a coefficient lies.</summary>
    /// <param name="index">Row · 8 + column.</param>
    public static int Place(int index) => (16 * ((index >> 3) & 3)) + (2 * (index & 7)) + (index >> 5);
}
