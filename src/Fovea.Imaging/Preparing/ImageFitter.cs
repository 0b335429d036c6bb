using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Preparing;

/// <summary>
/// The one way in which an image file gets a network's shape, for folders to learn from and for images to classify
/// alike, and the same way, <see cref="ImageFit"/>, in which data sets in memory get it: what a model sees when it is
/// used is what it saw when it learnt.
/// </summary>
internal static class ImageFitter
{
    /// <summary>
    /// A JPEG file is decoded at 1/2, 1/4 or 1/8 where that leaves this many pixels in each direction for one of the
    /// result: a window's edge then falls into a reduced pixel where it matters little.
    /// </summary>
    private const int MinPixels = 2;

    /// <summary>How much the samples of an even image may differ after it was stored as JPEG.</summary>
    private const int Noise = 2;

    /// <summary>Larger images than this are first reduced to twice the shape as bytes, rather than held as floats whole.</summary>
    private const int LargeImage = 1 << 20;

    /// <summary>Reads an image file with as many pixels as the shape asks for, or more.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="shape">(C, H, W) that it is read for.</param>
    /// <param name="mode">How it will be fitted.</param>
    /// <param name="limits">What to accept.</param>
    /// <param name="whole">The size of the whole image.</param>
    /// <exception cref="ImageFormatException">The content is damaged, not supported or over the limits.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, Shape shape, FitMode mode, ImageLimits limits, out (int Width, int Height) whole) =>
        ImageFile.DecodeReduced(file, new MinSize(MinPixels * shape.Width, MinPixels * shape.Height, mode != FitMode.Stretch), out whole, limits);

    /// <summary>Whether an image is of one colour, but for what storing it may have changed.</summary>
    /// <param name="planes">(C, H, W).</param>
    /// <param name="shape">Its shape.</param>
    public static bool IsPlain(ReadOnlySpan<byte> planes, Shape shape)
    {
        int length = shape.Height * shape.Width;
        for (int c = 0; c < shape.Channels; c++)
        {
            ReadOnlySpan<byte> plane = planes.Slice(c * length, length);
            if (TensorPrimitives.Max(plane) - TensorPrimitives.Min(plane) > Noise)
                return false;
        }
        return true;
    }

    /// <summary>The image as bytes, (C, H, W).</summary>
    public static void ToPlanes(Image image, Shape shape, FitMode mode, ResizeFilter filter, Colour background, Span<byte> planes)
    {
        // Grey stays grey until the end, unless it may get bars that have a colour.
        int channels = shape.Channels == 1 || (image.IsGrey && mode == FitMode.Stretch) ? 1 : 3;
        Image converted;
        if (mode != FitMode.Stretch)
            converted = ConvertedResize.Fit(image, channels, shape.Width, shape.Height, mode, filter, background);
        else if ((long)image.Width * image.Height > LargeImage)
            converted = ConvertedResize.Fit(image, channels, Math.Min(image.Width, 2 * shape.Width), Math.Min(image.Height, 2 * shape.Height), FitMode.Stretch, ResizeFilter.Box, background);
        else
            converted = channels == 1 ? ImageConversion.ToGrey(image, background) : ImageConversion.ToRgb(image, background);
        new ImageFit(new Shape(converted.Channels, converted.Height, converted.Width), shape).Apply(converted.Pixels, planes);
    }
}
