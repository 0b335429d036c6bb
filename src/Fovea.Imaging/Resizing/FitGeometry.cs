namespace Fovea.Imaging.Resizing;

/// <summary>Which part of an image is shown, and how large, where it is fitted into a size.</summary>
internal readonly record struct FitGeometry(int Left, int Top, int CutWidth, int CutHeight, int Width, int Height)
{
    /// <exception cref="ArgumentOutOfRangeException">There is no such mode.</exception>
    public static FitGeometry Of(Image image, int width, int height, FitMode mode)
    {
        double byWidth = (double)width / image.Width, byHeight = (double)height / image.Height;
        switch (mode)
        {
            case FitMode.Stretch:
                return new FitGeometry(0, 0, image.Width, image.Height, width, height);
            case FitMode.Letterbox:
                double scale = Math.Min(byWidth, byHeight);
                int innerWidth = Math.Clamp((int)Math.Round(image.Width * scale), 1, width);
                int innerHeight = Math.Clamp((int)Math.Round(image.Height * scale), 1, height);
                return new FitGeometry(0, 0, image.Width, image.Height, innerWidth, innerHeight);
            case FitMode.CentreCrop:
                // Cutting first keeps the work small, and is the same up to the pixels at the cut.
                double wanted = Math.Max(byWidth, byHeight);
                int cutWidth = Math.Clamp((int)Math.Round(width / wanted), 1, image.Width);
                int cutHeight = Math.Clamp((int)Math.Round(height / wanted), 1, image.Height);
                return new FitGeometry((image.Width - cutWidth) / 2, (image.Height - cutHeight) / 2, cutWidth, cutHeight, width, height);
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode");
        }
    }

    /// <summary>Whether nothing is cut off.</summary>
    public bool IsWhole(Image image) => CutWidth == image.Width && CutHeight == image.Height;

    /// <summary>The part that was resized, with bars to fill the size.</summary>
    public static Image Frame(Image inner, int width, int height, Colour background)
    {
        int left = (width - inner.Width) / 2, top = (height - inner.Height) / 2;
        return inner.Width == width && inner.Height == height ? inner
            : inner.Pad(left, top, width - inner.Width - left, height - inner.Height - top, background);
    }
}
