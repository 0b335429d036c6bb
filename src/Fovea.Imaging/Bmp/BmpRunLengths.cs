using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Bmp;

/// <summary>
/// The run-length codes of BMP (Windows GDI, "Bitmap Compression"): a count and a value; or 0 and an escape: 0 end of
/// row, 1 end of image, 2 a jump right and on, 3 to 255 so many values that follow as they are, padded to 16 bits.
/// In RLE4 a byte holds two values, the high half first; in RLE24, OS/2's, a value is blue, green, red. Pixels that
/// nothing is said about are transparent, and what is said beyond a row's end is dropped, as browsers do it.
/// </summary>
internal static class BmpRunLengths
{
    /// <exception cref="ImageFormatException">The file ends before the codes do.</exception>
    public static PixelTarget Decode(ReadOnlySpan<byte> data, BmpHeader header, MinSize? least, ReadingNotes notes)
    {
        var opaque = new BmpPalette(header, alpha: false);
        bool isWhole = Follow(data, header, opaque, null, notes) == (long)header.Width * header.Height;
        BmpPalette palette = isWhole ? opaque : new BmpPalette(header, alpha: true);
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, palette.Channels, least);
        Follow(data, header, palette, target, notes);
        return target;
    }

    /// <summary>Goes through the codes, and paints if there is a target.</summary>
    /// <returns>How many pixels something is said about.</returns>
    private static long Follow(ReadOnlySpan<byte> data, BmpHeader header, BmpPalette palette, PixelTarget? target, ReadingNotes notes)
    {
        int width = header.Width, height = header.Height;
        var reader = new ByteReader("BMP", data);
        long x = 0, y = 0, told = 0;
        bool hasEnd = false;
        // Files that end without the code for it are common; they end with the last row.
        while (y < height && !(y == height - 1 && x >= width && reader.Remaining < 2))
        {
            ReadOnlySpan<byte> code = reader.Take(2, "run lengths");
            int count = code[0], escape = code[1];
            if (count == 0 && escape < 3)
            {
                hasEnd = escape == 1;
                if (hasEnd)
                    break;
                if (escape == 0)
                {
                    (x, y) = (0, y + 1);
                    continue;
                }
                ReadOnlySpan<byte> jump = reader.Take(2, "run lengths");
                (x, y) = (x + jump[0], y + jump[1]);
                continue;
            }
            int pixels = count == 0 ? escape : count;
            int inside = (int)Math.Clamp(width - x, 0, pixels);
            Span<byte> run = target is null ? [] : target.Begin((int)(header.TopDown ? y : height - 1 - y), (int)Math.Min(x, width), inside);
            x += pixels;
            told += inside;
            if (inside < pixels)
                notes.Add("run lengths reach beyond their row: the rest is left out");
            if (count > 0)
                Repeat(ReadRepeated(ref reader, code, header), header, palette, run, notes);
            else
                Paint(ReadLiteral(ref reader, escape, header), header, palette, run, notes);
            target?.End();
        }
        if (!hasEnd && reader.Remaining < 2)
            notes.Add(ReadingNotes.EndIsMissing);
        return told;
    }

    /// <summary>The value of a run: its second byte, or that and two more.</summary>
    private static ReadOnlySpan<byte> ReadRepeated(ref ByteReader reader, ReadOnlySpan<byte> code, BmpHeader header)
    {
        if (header.Compression != BmpCompression.Rle24)
            return code[1..];
        reader.Position--;
        return reader.Take(3, "run lengths");
    }

    private static ReadOnlySpan<byte> ReadLiteral(ref ByteReader reader, int pixels, BmpHeader header)
    {
        int bytes = ((pixels * header.BitsPerPixel) + 7) / 8;
        ReadOnlySpan<byte> literal = reader.Take(bytes, "run lengths");
        if (bytes % 2 != 0 && reader.Remaining > 0)
            reader.Take(1, "run lengths");
        return literal;
    }

    private static void Paint(ReadOnlySpan<byte> values, BmpHeader header, BmpPalette palette, Span<byte> pixels, ReadingNotes notes)
    {
        int channels = palette.Channels;
        for (int i = 0; i < pixels.Length / channels; i++)
        {
            Span<byte> pixel = pixels.Slice(i * channels, channels);
            if (header.Compression == BmpCompression.Rle24)
            {
                (pixel[0], pixel[1], pixel[2]) = (values[(3 * i) + 2], values[(3 * i) + 1], values[3 * i]);
                if (channels == 4)
                    pixel[3] = 255;
                continue;
            }
            int index = header.Compression == BmpCompression.Rle8 ? values[i] : (i & 1) == 0 ? values[i / 2] >> 4 : values[i / 2] & 15;
            palette.Check(index, notes);
            palette[index].CopyTo(pixel);
        }
    }

    /// <summary>Paints a value, or RLE4's two in turns, and copies them to the run's end.</summary>
    private static void Repeat(ReadOnlySpan<byte> value, BmpHeader header, BmpPalette palette, Span<byte> run, ReadingNotes notes)
    {
        int period = Math.Min((header.Compression == BmpCompression.Rle4 ? 2 : 1) * palette.Channels, run.Length);
        Paint(value, header, palette, run[..period], notes);
        for (int done = period; done < run.Length; done *= 2)
            run[..Math.Min(done, run.Length - done)].CopyTo(run[done..]);
    }
}
