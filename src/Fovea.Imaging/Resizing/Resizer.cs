using System.Numerics;

namespace Fovea.Imaging.Resizing;

/// <summary>
/// Changes the size of pictures by separable convolution: rows first, then columns, rounded to bytes after each, as
/// the Python library Pillow does, with which the results agree. Colours are weighed by their alpha, so that what is
/// transparent does not bleed into what is not.
/// </summary>
public static class Resizer
{
    /// <summary>The picture in another size.</summary>
    /// <param name="image">The picture; unchanged.</param>
    /// <param name="width">The new width, positive.</param>
    /// <param name="height">The new height, positive.</param>
    /// <param name="filter">How pixels are weighed.</param>
    /// <returns>A new picture, or the same one if the size is the same.</returns>
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

    /// <summary>The picture in another size, its proportions treated as wanted.</summary>
    /// <param name="image">The picture; unchanged.</param>
    /// <param name="width">The new width, positive.</param>
    /// <param name="height">The new height, positive.</param>
    /// <param name="mode">What happens where the proportions differ.</param>
    /// <param name="filter">How pixels are weighed.</param>
    /// <param name="background">The colour of bars.</param>
    /// <returns>A new picture, or the same one if the size is the same.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or there is no such mode.</exception>
    public static Image Fit(Image image, int width, int height, FitMode mode, ResizeFilter filter = ResizeFilter.Bilinear, Colour background = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        double byWidth = (double)width / image.Width, byHeight = (double)height / image.Height;
        switch (mode)
        {
            case FitMode.Stretch:
                return Resize(image, width, height, filter);
            case FitMode.Letterbox:
                double scale = Math.Min(byWidth, byHeight);
                int innerWidth = Math.Clamp((int)Math.Round(image.Width * scale), 1, width);
                int innerHeight = Math.Clamp((int)Math.Round(image.Height * scale), 1, height);
                Image inner = Resize(image, innerWidth, innerHeight, filter);
                int left = (width - innerWidth) / 2, top = (height - innerHeight) / 2;
                return innerWidth == width && innerHeight == height ? inner
                    : inner.Pad(left, top, width - innerWidth - left, height - innerHeight - top, background);
            case FitMode.CentreCrop:
                // Cutting first keeps the work small, and is the same up to the pixels at the cut.
                double wanted = Math.Max(byWidth, byHeight);
                int cutWidth = Math.Clamp((int)Math.Round(width / wanted), 1, image.Width);
                int cutHeight = Math.Clamp((int)Math.Round(height / wanted), 1, image.Height);
                Image cut = cutWidth == image.Width && cutHeight == image.Height
                    ? image
                    : image.Crop((image.Width - cutWidth) / 2, (image.Height - cutHeight) / 2, cutWidth, cutHeight);
                return Resize(cut, width, height, filter);
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode");
        }
    }

    private static Image ResizeRows(Image image, int width, ResizeFilter filter)
    {
        var result = new Image(width, image.Height, image.Channels);
        RowSums.Resize(image, result, new ResizeWeights(image.Width, width, filter), RowSums.HasVectors);
        return result;
    }

    private static Image ResizeColumns(Image image, int height, ResizeFilter filter)
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
