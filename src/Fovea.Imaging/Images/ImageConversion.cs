namespace Fovea.Imaging;

/// <summary>Changes between grey and colour, and does away with transparency.</summary>
public static class ImageConversion
{
    /// <summary>
    /// The image in grey: luma = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601-2), rounded, in fixed point of 16 bits.
    /// </summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="background">What is behind it where it is transparent.</param>
    /// <returns>One channel; the same image if it has one already.</returns>
    public static Image ToGrey(Image image, Colour background = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Convert(image, 1, background);
    }

    /// <summary>The image in red, green, blue.</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="background">What is behind it where it is transparent.</param>
    /// <returns>Three channels; the same image if it has these already.</returns>
    public static Image ToRgb(Image image, Colour background = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Convert(image, 3, background);
    }

    /// <summary>The image as it looks before a background: colour · alpha + background · (1 − alpha).</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="background">What is behind it.</param>
    /// <returns>One or three channels; the same image if it has no alpha.</returns>
    public static Image Flatten(Image image, Colour background = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Convert(image, image.IsGrey ? 1 : 3, background);
    }

    /// <summary>The image with one or three channels, row by row; the same image if it has these already.</summary>
    private static Image Convert(Image image, int channels, Colour background)
    {
        if (image.Channels == channels)
            return image;
        var result = new Image(image.Width, image.Height, channels);
        byte[] work = new byte[WorkBytes(image.Width)];
        for (int y = 0; y < image.Height; y++)
            ConvertRow(image.Row(y), image.Channels, background, result.Row(y), channels, work);
        return result;
    }

    /// <summary>How many bytes of room <see cref="ConvertRow"/> takes.</summary>
    internal static int WorkBytes(int width) => checked(3 * width);

    /// <summary>Makes pixels opaque, and grey or coloured.</summary>
    /// <param name="source">(W, <paramref name="from"/>).</param>
    /// <param name="from">1 to 4 channels.</param>
    /// <param name="background">What is behind it where it is transparent.</param>
    /// <param name="target">(W, <paramref name="to"/>).</param>
    /// <param name="to">1 or 3 channels.</param>
    /// <param name="work">(<see cref="WorkBytes"/> of W).</param>
    internal static void ConvertRow(ReadOnlySpan<byte> source, int from, Colour background, Span<byte> target, int to, Span<byte> work)
    {
        if (from is 2 or 4)
        {
            Span<byte> opaque = (from - 1 == to ? target : work)[..(source.Length / from * (from - 1))];
            FlattenRow(source, from, background, opaque);
            if (--from == to)
                return;
            source = opaque;
        }
        if (from == to)
            source.CopyTo(target);
        else if (to == 1)
            for (int i = 0; i < target.Length; i++)
                target[i] = Luma(source[3 * i], source[(3 * i) + 1], source[(3 * i) + 2]);
        else
            for (int i = 0; i < source.Length; i++)
                target.Slice(3 * i, 3).Fill(source[i]);
    }

    private static void FlattenRow(ReadOnlySpan<byte> source, int from, Colour background, Span<byte> target)
    {
        int to = from - 1;
        Span<byte> behind = stackalloc byte[3];
        background.Write(behind[..to]);
        for (int i = 0, o = 0; i < source.Length; i += from, o += to)
        {
            int alpha = source[i + to];
            for (int c = 0; c < to; c++)
            {
                int sum = (source[i + c] * alpha) + (behind[c] * (255 - alpha)) + 128;
                target[o + c] = (byte)(((sum >> 8) + sum) >> 8);
            }
        }
    }

    /// <summary>Whether a pixel is not opaque.</summary>
    public static bool HasTransparency(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = image.Channels - 1; image.HasAlpha && i < pixels.Length; i += image.Channels)
            if (pixels[i] != 255)
                return true;
        return false;
    }

    /// <summary>Whether no pixel has a colour, though there may be room for it.</summary>
    public static bool HasOnlyGreys(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = 0; !image.IsGrey && i < pixels.Length; i += image.Channels)
            if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2])
                return false;
        return true;
    }

    /// <summary>The image's samples by channel, as networks and data sets take them.</summary>
    /// <param name="image">A image without alpha.</param>
    /// <param name="planes">(C, H, W).</param>
    /// <exception cref="ArgumentException">There is no room for exactly the image's samples.</exception>
    public static void ToPlanes(Image image, Span<byte> planes)
    {
        ArgumentNullException.ThrowIfNull(image);
        ReadOnlySpan<byte> source = image.Pixels;
        if (planes.Length != source.Length)
            throw new ArgumentException($"{image} has {source.Length} samples, and there is room for {planes.Length}", nameof(planes));
        int channels = image.Channels, plane = image.Width * image.Height;
        if (channels == 1)
            source.CopyTo(planes);
        else
            for (int c = 0; c < channels; c++)
                for (int i = 0; i < plane; i++)
                    planes[(c * plane) + i] = source[(i * channels) + c];
    }

    internal static byte Luma(int red, int green, int blue) =>
        (byte)(((red * 19595) + (green * 38470) + (blue * 7471) + 0x8000) >> 16);
}
