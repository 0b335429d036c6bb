namespace Fovea.Imaging.Bmp;

/// <summary>
/// The run-length codes of BMP (Windows GDI, "Bitmap Compression"): a count and a value; or 0 and an escape: 0 end of
/// row, 1 end of picture, 2 a jump right and up, 3 to 255 so many values that follow as they are, padded to 16 bits.
/// In RLE4 a byte holds two values, the high half first. Pixels that are jumped over keep the index 0.
/// </summary>
internal static class BmpRunLengths
{
    /// <summary>The indices of all pixels, (H, W), top row first.</summary>
    /// <exception cref="ImageFormatException">The codes lead out of the picture, or the file ends before them.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> data, BmpHeader header)
    {
        int width = header.Width, height = header.Height;
        bool nibbles = header.Compression == BmpCompression.Rle4;
        var indices = new byte[width * height];
        var reader = new ByteReader("BMP", data);
        long x = 0, y = 0;
        // Files that end without the code for it are common; they end with the last row.
        while (y < height && !(y == height - 1 && x == width && reader.Remaining < 2))
        {
            ReadOnlySpan<byte> code = reader.Take(2, "run lengths");
            int count = code[0], value = code[1];
            if (count == 0)
            {
                if (value == 1)
                    break;
                if (value == 0)
                {
                    (x, y) = (0, y + 1);
                    continue;
                }
                if (value == 2)
                {
                    ReadOnlySpan<byte> jump = reader.Take(2, "run lengths");
                    (x, y) = (x + jump[0], y + jump[1]);
                    if (x > width || y > height)
                        throw Outside(x, y, header);
                    continue;
                }
            }
            int pixels = count == 0 ? value : count;
            if (x + pixels > width)
                throw Outside(x + pixels - 1, y, header);
            Span<byte> run = indices.AsSpan((int)(((height - 1 - y) * width) + x), pixels);
            x += pixels;
            if (count > 0)
            {
                Fill(run, value, nibbles);
                continue;
            }
            int bytes = nibbles ? (value + 1) / 2 : value;
            ReadOnlySpan<byte> literal = reader.Take(bytes, "run lengths");
            if (bytes % 2 != 0 && reader.Remaining > 0)
                reader.Take(1, "run lengths");
            for (int i = 0; i < run.Length; i++)
                run[i] = nibbles ? Nibble(literal[i / 2], i) : literal[i];
        }
        return indices;
    }

    private static void Fill(Span<byte> run, int value, bool nibbles)
    {
        if (!nibbles)
        {
            run.Fill((byte)value);
            return;
        }
        for (int i = 0; i < run.Length; i++)
            run[i] = Nibble(value, i);
    }

    private static byte Nibble(int value, int i) => (byte)((i & 1) == 0 ? value >> 4 : value & 15);

    private static ImageFormatException Outside(long x, long y, BmpHeader header) =>
        new($"BMP: the run lengths lead to pixel ({x}, {y}) from below, outside {header.Width}×{header.Height}");
}
