namespace Fovea.Imaging;

/// <summary>Arithmetic of transparency on images with an alpha channel.</summary>
internal static class Alpha
{
    /// <summary>round(a · b / 255) without a division.</summary>
    public static int Scale(int a, int b)
    {
        int product = (a * b) + 128;
        return ((product >> 8) + product) >> 8;
    }

    /// <summary>A copy whose colours are multiplied by their alpha.</summary>
    public static Image Premultiply(Image image)
    {
        int channels = image.Channels;
        var result = new Image(image.Width, image.Height, channels);
        Span<byte> source = image.Pixels, target = result.Pixels;
        for (int i = 0; i < source.Length; i += channels)
        {
            byte alpha = source[i + channels - 1];
            for (int c = 0; c < channels - 1; c++)
                target[i + c] = (byte)Scale(source[i + c], alpha);
            target[i + channels - 1] = alpha;
        }
        return result;
    }

    /// <summary>Divides colours by their alpha, in place; those without any stay as they are.</summary>
    public static void UndoPremultiply(Image image)
    {
        int channels = image.Channels;
        Span<byte> pixels = image.Pixels;
        for (int i = 0; i < pixels.Length; i += channels)
        {
            byte alpha = pixels[i + channels - 1];
            if (alpha is 0 or 255)
                continue;
            for (int c = 0; c < channels - 1; c++)
                pixels[i + c] = (byte)Math.Min(255 * pixels[i + c] / alpha, 255);
        }
    }
}
