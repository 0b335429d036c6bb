using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>
/// The 14 predictors of the lossless format, all channels at once. Left is the pixel before, the others are above: left
/// of it, over it, right of it.
/// </summary>
internal static class Predictors
{
    /// <summary>Adds what is expected to what is written, from the left to the right.</summary>
    /// <param name="mode">0 to 13; 14 and 15 are as 0.</param>
    /// <param name="row">Differences, in place.</param>
    /// <param name="from">The first pixel, at least 1.</param>
    /// <param name="to">Behind the last.</param>
    /// <param name="above">The row above, and one pixel more.</param>
    public static void Undo(int mode, Span<uint> row, int from, int to, ReadOnlySpan<uint> above)
    {
        if (from >= to)
            return;
        Span<uint> pixels = row[from..to];
        uint left = row[from - 1];
        ReadOnlySpan<uint> over = above.Slice(from, pixels.Length), overLeft = above.Slice(from - 1, pixels.Length);
        // In the first row, nothing of what is above is looked at.
        ReadOnlySpan<uint> overRight = above[(from + 1)..];
        switch (mode)
        {
            case 1:
                foreach (ref uint pixel in pixels)
                    pixel = left = Add(pixel, left);
                break;
            case 2:
                AddRow(pixels, over);
                break;
            case 3:
                AddRow(pixels, overRight[..pixels.Length]);
                break;
            case 4:
                AddRow(pixels, overLeft);
                break;
            case 5:
                overRight = overRight[..pixels.Length];
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = left = Add(pixels[x], Average(Average(left, overRight[x]), over[x]));
                break;
            case 6:
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = left = Add(pixels[x], Average(left, overLeft[x]));
                break;
            case 7:
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = left = Add(pixels[x], Average(left, over[x]));
                break;
            case 8:
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = Add(pixels[x], Average(overLeft[x], over[x]));
                break;
            case 9:
                overRight = overRight[..pixels.Length];
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = Add(pixels[x], Average(over[x], overRight[x]));
                break;
            case 10:
                overRight = overRight[..pixels.Length];
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = left = Add(pixels[x], Average(Average(left, overLeft[x]), Average(over[x], overRight[x])));
                break;
            case 11:
                for (int x = 0; x < pixels.Length; x++)
                    pixels[x] = left = Add(pixels[x], Nearer(left, over[x], overLeft[x]));
                break;
            case 12:
                UndoGradient(pixels, left, over, overLeft);
                break;
            case 13:
                UndoHalfGradient(pixels, left, over, overLeft);
                break;
            default:
                foreach (ref uint pixel in pixels)
                    pixel = Add(pixel, 0xFF000000);
                break;
        }
    }

    /// <summary>The sums of all four channels, each by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(uint a, uint b) =>
        (((a & 0xFF00FF00) + (b & 0xFF00FF00)) & 0xFF00FF00) | (((a & 0x00FF00FF) + (b & 0x00FF00FF)) & 0x00FF00FF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Average(uint a, uint b) => (((a ^ b) & 0xFEFEFEFE) >> 1) + (a & b);

    private static void AddRow(Span<uint> pixels, ReadOnlySpan<uint> expected)
    {
        int x = 0;
        for (; x <= pixels.Length - Vector128<uint>.Count; x += Vector128<uint>.Count)
            (Vector128.Create<uint>(pixels[x..]).AsByte() + Vector128.Create(expected[x..]).AsByte()).AsUInt32().CopyTo(pixels[x..]);
        for (; x < pixels.Length; x++)
            pixels[x] = Add(pixels[x], expected[x]);
    }

    /// <summary>Whichever of left and over differs less from left + over - overLeft, over all channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Nearer(uint left, uint over, uint overLeft)
    {
        Vector128<short> corner = Widen(overLeft);
        Vector128<short> differences = Vector128.Abs(Widen(left) - corner) - Vector128.Abs(Widen(over) - corner);
        return Vector128.Sum(differences) <= 0 ? over : left;
    }

    private static void UndoGradient(Span<uint> pixels, uint before, ReadOnlySpan<uint> over, ReadOnlySpan<uint> overLeft)
    {
        Vector128<short> left = Widen(before);
        for (int x = 0; x < pixels.Length; x++)
        {
            Vector128<short> expected = Clamp(left + (Widen(over[x]) - Widen(overLeft[x])));
            left = (Widen(pixels[x]) + expected) & Vector128.Create((short)0xFF);
            pixels[x] = Narrow(left);
        }
    }

    private static void UndoHalfGradient(Span<uint> pixels, uint before, ReadOnlySpan<uint> over, ReadOnlySpan<uint> overLeft)
    {
        Vector128<short> left = Widen(before);
        for (int x = 0; x < pixels.Length; x++)
        {
            Vector128<short> mean = (left + Widen(over[x])) >> 1, difference = mean - Widen(overLeft[x]);
            // Halves are rounded towards zero.
            Vector128<short> expected = Clamp(mean + ((difference - (difference >> 15)) >> 1));
            left = (Widen(pixels[x]) + expected) & Vector128.Create((short)0xFF);
            pixels[x] = Narrow(left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Widen(uint pixel) => Vector128.WidenLower(Vector128.CreateScalar(pixel).AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Clamp(Vector128<short> values) =>
        Vector128.Min(Vector128.Max(values, Vector128<short>.Zero), Vector128.Create((short)0xFF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Narrow(Vector128<short> values) =>
        Vector128.Narrow(values.AsUInt16(), values.AsUInt16()).AsUInt32().ToScalar();
}
