using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Gif;

/// <summary>
/// Reads the first image of GIF files (87a and 89a). Where the screen is larger than the image, and where a pixel has
/// the transparent colour, the result is transparent; files without either give no alpha. A palette that has only greys
/// gives a grey image. Bytes between blocks that begin none are passed over.
/// </summary>
internal sealed class GifDecoder : ImageDecoder
{
    private const string Format = "GIF";

    /// <summary>How much empty screen is believed without data to fill it: 2048 × 2048.</summary>
    private const long MaxEmpty = 1 << 22;

    /// <inheritdoc/>
    public override string FormatName => Format;

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => IsSignature(header);

    internal static bool IsSignature(ReadOnlySpan<byte> header) => header.StartsWith("GIF87a"u8) || header.StartsWith("GIF89a"u8);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private static Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        GifFrame frame = GifFrame.Read(file);
        limits.Check(Format, frame.Width, frame.Height);
        (int width, int height) = frame.Screen;
        limits.Check(Format, width, height);
        long most = frame.Data.Length * (long)GifLzw.LongestString;
        if ((long)frame.Width * frame.Height > most)
            throw new ImageFormatException($"GIF: {frame.Data.Length} bytes of data cannot hold {frame.Width}×{frame.Height} pixels");
        if ((long)width * height > MaxEmpty + most)
            throw new ImageFormatException($"GIF: a screen of {width}×{height} is too large for a image of {frame.Width}×{frame.Height}");

        int colours = IsGrey(frame.Palette) ? 1 : 3;
        bool alpha = frame.Screen != (frame.Width, frame.Height) || HasTransparentPixel(frame);
        PixelTarget target = PixelTarget.Create(width, height, colours + (alpha ? 1 : 0), least);
        Paint(frame, Table(frame, colours, target.Channels), target);
        whole = frame.Screen;
        return target.ToImage().With(frame.Notes);
    }

    /// <summary>Whether a pixel is transparent, which decides what the image needs.</summary>
    private static bool HasTransparentPixel(GifFrame frame)
    {
        if (frame.Transparent < 0)
            return false;
        var codes = new GifLzw(frame.Data, frame.LiteralBits);
        var row = new byte[frame.Width];
        for (int y = 0; y < frame.Height; y++)
            if (row.AsSpan(0, codes.Read(row)).Contains((byte)frame.Transparent))
                return true;
        return false;
    }

    private static void Paint(GifFrame frame, byte[] table, PixelTarget target)
    {
        int channels = target.Channels, decoded = 0;
        var codes = new GifLzw(frame.Data, frame.LiteralBits);
        var indices = new byte[frame.Width];
        foreach ((int first, int step) in frame.Interlaced ? (ReadOnlySpan<(int, int)>)[(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)])
            for (int y = first; y < frame.Height; y += step)
            {
                int count = codes.Read(indices);
                decoded += count;
                if (count < indices.Length)
                    throw new ImageFormatException($"GIF: the data ends after {decoded} of {frame.Width * frame.Height} pixels");
                int most = TensorPrimitives.Max<byte>(indices);
                if (3 * most >= frame.Palette.Length && most != frame.Transparent)
                    frame.Notes.Add(ReadingNotes.ColoursBeyondPalette);
                Paint(indices, table, channels, target.Begin(frame.Top + y, frame.Left, frame.Width));
                target.End();
            }
    }

    private static void Paint(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> table, int channels, Span<byte> row)
    {
        if (channels == 1)
        {
            for (int x = 0; x < indices.Length; x++)
                row[x] = table[indices[x]];
        }
        else if (channels == 3)
        {
            for (int x = 0, to = 0; x < indices.Length; x++, to += 3)
            {
                int from = 3 * indices[x];
                row[to + 2] = table[from + 2];
                row[to + 1] = table[from + 1];
                row[to] = table[from];
            }
        }
        else if (channels == 4)
        {
            ReadOnlySpan<uint> colours = MemoryMarshal.Cast<byte, uint>(table);
            Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(row);
            for (int x = 0; x < indices.Length; x++)
                pixels[x] = colours[indices[x]];
        }
        else
        {
            for (int x = 0; x < indices.Length; x++)
                table.Slice(indices[x] * channels, channels).CopyTo(row[(x * channels)..]);
        }
    }

    /// <summary>The pixel that each of 256 indices stands for: black beyond the palette, as browsers show it.</summary>
    private static byte[] Table(GifFrame frame, int colours, int channels)
    {
        var table = new byte[256 * channels];
        for (int i = 0; i < 256; i++)
        {
            Span<byte> pixel = table.AsSpan(i * channels, channels);
            if (3 * i < frame.Palette.Length)
                frame.Palette.AsSpan(3 * i, colours).CopyTo(pixel);
            if (channels > colours)
                pixel[colours] = (byte)(i == frame.Transparent ? 0 : 255);
        }
        return table;
    }

    private static bool IsGrey(ReadOnlySpan<byte> palette)
    {
        for (int i = 0; i < palette.Length; i += 3)
            if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2])
                return false;
        return true;
    }
}
