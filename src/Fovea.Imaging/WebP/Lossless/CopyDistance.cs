using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>How lengths of copies and their distances are written: a symbol for a range, and the rest in bits.</summary>
internal static class CopyDistance
{
    /// <summary>The farthest that a copy's source may lie back, in pixels.</summary>
    public const int Farthest = 1 << 20;

    /// <summary>The most pixels of a copy.</summary>
    public const int Longest = 4096;

    /// <summary>Pixels near by, the nearest first: rows up in the higher 4 bits, 8 less the columns to the left below.</summary>
    private static ReadOnlySpan<byte> Near =>
    [
        24, 7, 23, 25, 40, 6, 39, 41, 22, 26, 38, 42,
        56, 5, 55, 57, 21, 27, 54, 58, 37, 43, 72, 4,
        71, 73, 20, 28, 53, 59, 70, 74, 36, 44, 88, 69,
        75, 52, 60, 3, 87, 89, 19, 29, 86, 90, 35, 45,
        68, 76, 85, 91, 51, 61, 104, 2, 103, 105, 18, 30,
        102, 106, 34, 46, 84, 92, 67, 77, 101, 107, 50, 62,
        120, 1, 119, 121, 83, 93, 17, 31, 100, 108, 66, 78,
        118, 122, 33, 47, 117, 123, 49, 63, 99, 109, 82, 94,
        0, 116, 124, 65, 79, 16, 32, 98, 110, 48, 115, 125,
        81, 95, 64, 114, 126, 97, 111, 80, 113, 127, 96, 112,
    ];

    /// <summary>A number of a range; takes up to 18 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Take(ref LosslessBits bits, int symbol)
    {
        if (symbol < 4)
            return symbol + 1;
        int extra = (symbol - 2) >> 1;
        return ((2 + (symbol & 1)) << extra) + bits.Take(extra) + 1;
    }

    /// <summary>How many pixels back in a row-by-row order a distance's code means.</summary>
    public static int ToPixels(int code, int width)
    {
        if (code > Near.Length)
            return code - Near.Length;
        int near = Near[code - 1];
        return Math.Max(((near >> 4) * width) + 8 - (near & 15), 1);
    }
}
