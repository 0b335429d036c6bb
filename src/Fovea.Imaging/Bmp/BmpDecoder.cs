using System.Numerics.Tensors;
using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Bmp;

/// <summary>
/// Reads BMP files of Windows and OS/2: 1, 2, 4, 8, 16, 24 and 32 bits a pixel, run-length coding, bit masks with alpha,
/// rows from below or from above. A palette that has only greys gives a grey image. Pixels that run lengths leave out
/// are transparent.
/// </summary>
internal sealed class BmpDecoder : ImageDecoder
{
    /// <inheritdoc/>
    public override string FormatName => "BMP";

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith("BM"u8);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private static Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var notes = new ReadingNotes();
        BmpHeader header = BmpHeader.Parse(file, limits);
        whole = (header.Width, header.Height);
        return Decode(file, header, least, notes).ToImage().With(notes);
    }

    private static PixelTarget Decode(ReadOnlySpan<byte> file, BmpHeader header, MinSize? least, ReadingNotes notes)
    {
        ReadOnlySpan<byte> data = file[header.DataOffset..];
        if (header.Compression is BmpCompression.Rle4 or BmpCompression.Rle8 or BmpCompression.Rle24)
            return DecodeRunLengths(data, header, least, notes);

        long needed = ((header.Height - 1) * header.Stride) + header.RowBytes;
        if (data.Length < needed)
            throw new ImageFormatException($"BMP: {header.Width}×{header.Height} pixels of {header.BitsPerPixel} bits take {needed} bytes, and the file has {data.Length} of them");
        if (header.BitsPerPixel <= 8)
            return DecodeIndices(data, header, least, notes);
        return header.BitsPerPixel == 24 ? DecodeTrueColour(data, header, least) : DecodeMasks(data, header, least, notes);
    }

    private static PixelTarget DecodeIndices(ReadOnlySpan<byte> data, BmpHeader header, MinSize? least, ReadingNotes notes)
    {
        var painter = new BmpPalette(header, alpha: false);
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, painter.Channels, least);
        var indices = new byte[header.Width];
        int bits = header.BitsPerPixel, mask = (1 << bits) - 1;
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = SourceRow(data, header, y);
            for (int x = 0; x < indices.Length; x++)
                indices[x] = (byte)((row[x * bits >> 3] >> (8 - bits - (x * bits & 7))) & mask);
            painter.Paint(indices, target.Begin(y, 0, header.Width));
            target.End();
            painter.Check(TensorPrimitives.Max<byte>(indices), notes);
        }
        return target;
    }

    private static PixelTarget DecodeRunLengths(ReadOnlySpan<byte> data, BmpHeader header, MinSize? least, ReadingNotes notes)
    {
        // A pair of bytes makes at most 255 pixels. Images that jump over much of themselves could have more, but
        // a large one of these is more likely to be damaged.
        long pixels = (long)header.Width * header.Height;
        if (pixels > Math.Max(1 << 16, data.Length / 2 * 255L))
            throw new ImageFormatException($"BMP: {data.Length} bytes of run lengths cannot hold {header.Width}×{header.Height} pixels");
        return BmpRunLengths.Decode(data, header, least, notes);
    }

    private static PixelTarget DecodeTrueColour(ReadOnlySpan<byte> data, BmpHeader header, MinSize? least)
    {
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, 3, least);
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> source = SourceRow(data, header, y);
            Span<byte> row = target.Begin(y, 0, header.Width);
            for (int i = 0; i + 2 < row.Length; i += 3)
            {
                row[i] = source[i + 2];
                row[i + 1] = source[i + 1];
                row[i + 2] = source[i];
            }
            target.End();
        }
        return target;
    }

    private static PixelTarget DecodeMasks(ReadOnlySpan<byte> data, BmpHeader header, MinSize? least, ReadingNotes notes)
    {
        bool emptyAlpha = header.Masks[3] != 0 && HasEmptyAlpha(data, header);
        if (emptyAlpha)
            notes.Add("alpha is 0 everywhere: it is left out");
        int channels = header.Masks[3] != 0 && !emptyAlpha ? 4 : 3;
        var fields = new BmpField[channels];
        for (int c = 0; c < channels; c++)
            fields[c] = new BmpField(header.Masks[c]);
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, channels, least);
        int bytes = header.BitsPerPixel / 8;
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> source = SourceRow(data, header, y);
            Span<byte> row = target.Begin(y, 0, header.Width);
            for (int x = 0; x < header.Width; x++)
            {
                ReadOnlySpan<byte> pixel = source.Slice(x * bytes, bytes);
                uint value = (uint)(pixel[0] | (pixel[1] << 8));
                if (bytes == 4)
                    value |= (uint)((pixel[2] << 16) | (pixel[3] << 24));
                for (int c = 0; c < channels; c++)
                    row[(x * channels) + c] = fields[c].Extract(value);
            }
            target.End();
        }
        return target;
    }

    /// <summary>
    /// Whether pixels without bit masks have an alpha of 0 everywhere: programs that know none leave it so. What the masks
    /// of a file say is believed.
    /// </summary>
    private static bool HasEmptyAlpha(ReadOnlySpan<byte> data, BmpHeader header)
    {
        if (header.Compression != BmpCompression.None)
            return false;
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = SourceRow(data, header, y);
            for (int i = 3; i < row.Length; i += 4)
                if (row[i] != 0)
                    return false;
        }
        return true;
    }

    private static ReadOnlySpan<byte> SourceRow(ReadOnlySpan<byte> data, BmpHeader header, int y)
    {
        long row = header.TopDown ? y : header.Height - 1 - y;
        return data.Slice((int)(row * header.Stride), (int)header.RowBytes);
    }
}
