namespace Fovea.Imaging.Gif;

/// <summary>
/// Reads the first picture of GIF files (87a and 89a). Where the screen is larger than the picture, and where a pixel has
/// the transparent colour, the result is transparent; files without either give no alpha. A palette that has only greys
/// gives a grey picture.
/// </summary>
public sealed class GifDecoder : ImageDecoder
{
    /// <summary>How much empty screen is believed without data to fill it: 4096 × 4096.</summary>
    private const long MostEmpty = 1 << 24;

    /// <inheritdoc/>
    public override string FormatName => "GIF";

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => IsSignature(header);

    internal static bool IsSignature(ReadOnlySpan<byte> header) => header.StartsWith("GIF87a"u8) || header.StartsWith("GIF89a"u8);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        GifFrame frame = GifFrame.Read(file);
        limits.Check(FormatName, frame.Width, frame.Height);
        (int width, int height) = frame.Screen;
        limits.Check(FormatName, width, height);
        int pixels = frame.Width * frame.Height;
        long most = frame.Data.Length * (long)GifLzw.LongestString;
        if (pixels > most)
            throw new ImageFormatException($"GIF: {frame.Data.Length} bytes of data cannot hold {frame.Width}×{frame.Height} pixels");
        if ((long)width * height > Math.Max(MostEmpty, most))
            throw new ImageFormatException($"GIF: a screen of {width}×{height} is too large for a picture of {frame.Width}×{frame.Height}");

        var indices = new byte[pixels];
        int decoded = GifLzw.Decode(frame.Data, frame.LiteralBits, indices);
        if (decoded < pixels)
            throw new ImageFormatException($"GIF: the data ends after {decoded} of {pixels} pixels");
        int largest = 0;
        foreach (byte index in indices)
            largest = Math.Max(largest, index);
        int colours = frame.Palette.Length / 3;
        if (largest >= colours && largest != frame.Transparent)
            throw new ImageFormatException($"GIF: a pixel has colour {largest} of a palette of {colours}");
        return Paint(frame, indices);
    }

    private static Image Paint(GifFrame frame, byte[] indices)
    {
        bool grey = IsGrey(frame.Palette);
        bool alpha = frame.Screen != (frame.Width, frame.Height) || (frame.Transparent >= 0 && indices.AsSpan().Contains((byte)frame.Transparent));
        int colours = grey ? 1 : 3, channels = colours + (alpha ? 1 : 0);
        byte[] table = Table(frame, colours, channels);
        var image = new Image(frame.Screen.Width, frame.Screen.Height, channels);
        int from = 0;
        foreach ((int first, int step) in frame.Interlaced ? (ReadOnlySpan<(int, int)>)[(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)])
            for (int y = first; y < frame.Height; y += step, from += frame.Width)
            {
                Span<byte> target = image.Row(frame.Top + y)[(frame.Left * channels)..];
                for (int x = 0; x < frame.Width; x++)
                    table.AsSpan(indices[from + x] * channels, channels).CopyTo(target[(x * channels)..]);
            }
        return image;
    }

    /// <summary>The pixel that each of 256 indices stands for.</summary>
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
