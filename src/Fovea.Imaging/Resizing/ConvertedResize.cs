namespace Fovea.Imaging.Resizing;

/// <summary>
/// Resizes a part of an image whose pixels are made opaque, and grey or coloured, on the way: bit by bit what converting,
/// cropping and resizing in turn give, but a band of rows at a time, without copies of the whole.
/// </summary>
internal static class ConvertedResize
{
    private const int BandBytes = 1 << 18, MinRows = 4;

    /// <summary>The image in another size, its proportions treated as wanted.</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="channels">1 or 3, of the result.</param>
    /// <param name="width">The new width.</param>
    /// <param name="height">The new height.</param>
    /// <param name="mode">What happens where the proportions differ.</param>
    /// <param name="filter">How pixels are weighed.</param>
    /// <param name="background">What is behind transparent pixels, and the colour of bars.</param>
    public static Image Fit(Image image, int channels, int width, int height, FitMode mode, ResizeFilter filter, Colour background)
    {
        FitGeometry fit = FitGeometry.Of(image, width, height, mode);
        Image inner = image.Channels == channels && fit.IsWhole(image)
            ? Resizer.Resize(image, fit.Width, fit.Height, filter)
            : Run(image, channels, fit, filter, background);
        return FitGeometry.Frame(inner, width, height, background);
    }

    private static Image Run(Image image, int channels, FitGeometry fit, ResizeFilter filter, Colour background)
    {
        ResizeWeights? weights = fit.Width == fit.CutWidth ? null : new ResizeWeights(fit.CutWidth, fit.Width, filter);
        var narrow = new Image(fit.Width, fit.CutHeight, channels);
        int rows = Math.Min(Math.Max(BandBytes / (fit.CutWidth * channels), MinRows), fit.CutHeight);
        var band = new Image(fit.CutWidth, rows, channels);
        byte[] work = new byte[ImageConversion.WorkBytes(fit.CutWidth)];
        for (int y = 0; y < fit.CutHeight; y += rows)
        {
            // The last band may have been done in part.
            int top = Math.Min(y, fit.CutHeight - rows);
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<byte> source = image.Row(fit.Top + top + i).Slice(fit.Left * image.Channels, fit.CutWidth * image.Channels);
                ImageConversion.ConvertRow(source, image.Channels, background, weights is null ? narrow.Row(top + i) : band.Row(i), channels, work);
            }
            if (weights is not null)
                RowSums.Resize(band, narrow, top, weights, RowSums.HasVectors);
        }
        return fit.Height == fit.CutHeight ? narrow : Resizer.ResizeColumns(narrow, fit.Height, filter);
    }
}
