using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Writes pixels into a image of red, green, blue, and alpha if it has that.</summary>
/// <param name="image">Where to.</param>
/// <param name="left">The column of the first pixel.</param>
/// <param name="top">The first row.</param>
internal sealed class ImageRows(Image image, int left, int top) : PixelRows
{
    private int _y = top;

    public override void Add(ReadOnlySpan<uint> row)
    {
        Span<byte> target = image.Row(_y++)[(left * image.Channels)..];
        if (image.Channels == 4)
            WriteRgba(row, target);
        else
            WriteRgb(row, target);
    }

    private static void WriteRgba(ReadOnlySpan<uint> row, Span<byte> target)
    {
        int x = 0;
        Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
        for (; x <= row.Length - 4; x += 4)
            Vector128.Shuffle(Vector128.Create(row[x..]).AsByte(), order).CopyTo(target[(4 * x)..]);
        for (; x < row.Length; x++)
        {
            Write(row[x], target[(4 * x)..]);
            target[(4 * x) + 3] = (byte)(row[x] >> 24);
        }
    }

    private static void WriteRgb(ReadOnlySpan<uint> row, Span<byte> target)
    {
        int x = 0;
        // The last 4 bytes of a vector are written over by the next.
        Vector128<byte> order = Vector128.Create((byte)2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255);
        for (; x <= row.Length - 6; x += 4)
            Vector128.Shuffle(Vector128.Create(row[x..]).AsByte(), order).CopyTo(target[(3 * x)..]);
        for (; x < row.Length; x++)
            Write(row[x], target[(3 * x)..]);
    }

    private static void Write(uint pixel, Span<byte> target)
    {
        target[0] = (byte)(pixel >> 16);
        target[1] = (byte)(pixel >> 8);
        target[2] = (byte)pixel;
    }
}
