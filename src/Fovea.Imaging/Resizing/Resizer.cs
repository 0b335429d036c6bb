using System.Numerics;

namespace Fovea.Imaging.Resizing;

/// <summary>
/// Changes the size of images by separable convolution: rows first, then columns, rounded to bytes after each, as
/// the Python library Pillow does, with which the results agree. Colours are weighed by their alpha, so that what is
/// transparent does not bleed into what is not.
/// </summary>
public static class Resizer
{
    /// <summary>The image in another size.</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="width">The new width, positive.</param>
    /// <param name="height">The new height, positive.</param>
    /// <param name="filter">How pixels are weighed.</param>
    /// <returns>A new image, or the same one if the size is the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public static Image Resize(Image image, int width, int height, ResizeFilter filter = ResizeFilter.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (image.Width == width && image.Height == height)
            return image;
        Image result = image.HasAlpha ? Alpha.Premultiply(image) : image;
        if (image.Width != width)
            result = ResizeRows(result, width, filter);
        if (image.Height != height)
            result = ResizeColumns(result, height, filter);
        if (image.HasAlpha)
            Alpha.UndoPremultiply(result);
        return result;
    }

    /// <summary>The image in another size, its proportions treated as wanted.</summary>
    /// <param name="image">The image; unchanged.</param>
    /// <param name="width">The new width, positive.</param>
    /// <param name="height">The new height, positive.</param>
    /// <param name="mode">What happens where the proportions differ.</param>
    /// <param name="filter">How pixels are weighed.</param>
    /// <param name="background">The colour of bars.</param>
    /// <returns>A new image, or the same one if the size is the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or there is no such mode.</exception>
    public static Image Fit(Image image, int width, int height, FitMode mode, ResizeFilter filter = ResizeFilter.Bilinear, Colour background = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        FitGeometry fit = FitGeometry.Of(image, width, height, mode);
        Image cut = fit.IsWhole(image) ? image : image.Crop(fit.Left, fit.Top, fit.CutWidth, fit.CutHeight);
        return FitGeometry.Frame(Resize(cut, fit.Width, fit.Height, filter), width, height, background);
    }

    private static Image ResizeRows(Image image, int width, ResizeFilter filter)
    {
        var result = new Image(width, image.Height, image.Channels);
        RowSums.Resize(image, result, 0, new ResizeWeights(image.Width, width, filter), RowSums.HasVectors);
        return result;
    }

    internal static Image ResizeColumns(Image image, int height, ResizeFilter filter)
    {
        var weights = new ResizeWeights(image.Height, height, filter);
        var result = new Image(image.Width, height, image.Channels);
        int stride = image.Stride;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<int> taps = weights.Of(y);
            ReadOnlySpan<byte> rows = image.Pixels.Slice(weights.Start(y) * stride, taps.Length * stride);
            Span<byte> target = result.Row(y);
            int x = 0;
            for (; x <= stride - Vector<byte>.Count; x += Vector<byte>.Count)
                SumVector(rows, stride, x, taps, target);
            for (; x < stride; x++)
            {
                int sum = ResizeWeights.Half;
                for (int k = 0; k < taps.Length; k++)
                    sum += taps[k] * rows[(k * stride) + x];
                target[x] = ResizeWeights.Round(sum);
            }
        }
        return result;
    }

    /// <summary>A vector's width of neighbouring samples at once: bytes are widened to four vectors of int.</summary>
    private static void SumVector(ReadOnlySpan<byte> rows, int stride, int x, ReadOnlySpan<int> taps, Span<byte> target)
    {
        Vector<int> sum0 = new(ResizeWeights.Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int k = 0; k < taps.Length; k++)
        {
            Vector.Widen(new Vector<byte>(rows.Slice((k * stride) + x, Vector<byte>.Count)), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> part0, out Vector<uint> part1);
            Vector.Widen(high, out Vector<uint> part2, out Vector<uint> part3);
            var weight = new Vector<int>(taps[k]);
            sum0 += weight * Vector.AsVectorInt32(part0);
            sum1 += weight * Vector.AsVectorInt32(part1);
            sum2 += weight * Vector.AsVectorInt32(part2);
            sum3 += weight * Vector.AsVectorInt32(part3);
        }
        Vector<ushort> lower = Vector.Narrow(Clamp(sum0), Clamp(sum1)), upper = Vector.Narrow(Clamp(sum2), Clamp(sum3));
        Vector.Narrow(lower, upper).CopyTo(target[x..]);

        static Vector<uint> Clamp(Vector<int> sum) => Vector.AsVectorUInt32(
            Vector.Min(Vector.Max(sum >> ResizeWeights.Precision, Vector<int>.Zero), new Vector<int>(255)));
    }
}
