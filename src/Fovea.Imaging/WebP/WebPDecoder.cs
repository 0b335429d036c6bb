using Fovea.Imaging.WebP.Lossless;
using Fovea.Imaging.WebP.Lossy;

namespace Fovea.Imaging.WebP;

/// <summary>
/// Reads WebP files (RFC 9649): lossy and lossless, with and without transparency, and the first image of animations,
/// on its canvas. Pixels are those of libwebp's decoder at its defaults. Colour profiles are not applied.
/// </summary>
internal sealed class WebPDecoder : ImageDecoder
{
    /// <inheritdoc/>
    public override string FormatName => "WebP";

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => WebPContainer.IsSignature(header);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var notes = new ReadingNotes();
        WebPContainer container = WebPContainer.Read(file, notes);
        (int width, int height, bool alpha) = ReadHeader(container);
        limits.Check(FormatName, width, height);
        (int canvasWidth, int canvasHeight) = container.Canvas == default ? (width, height) : container.Canvas;
        limits.Check(FormatName, canvasWidth, canvasHeight);
        (int left, int top) = container.Place;
        if (left + width > canvasWidth || top + height > canvasHeight)
            throw new ImageFormatException($"WebP: a image of {width}×{height} at ({left}, {top}) reaches beyond its canvas of {canvasWidth}×{canvasHeight}");

        // What the image leaves free of its canvas is transparent.
        bool coversCanvas = (width, height) == (canvasWidth, canvasHeight);
        var image = new Image(canvasWidth, canvasHeight, alpha || !coversCanvas ? 4 : 3);
        if (container.Lossy.IsEmpty)
        {
            LosslessDecoder.Read(container.Lossless, new ImageRows(image, left, top));
        }
        else
        {
            LossyDecoder.Read(container.Lossy, image, left, top);
            if (alpha)
                AlphaRows.Read(container.Alpha, image, left, top, width, height);
        }
        int orientation = container.Exif.IsEmpty ? ExifOrientation.Upright : ExifOrientation.ReadTiff(container.Exif, notes);
        return image.With(notes, orientation);
    }

    private static (int Width, int Height, bool HasAlpha) ReadHeader(in WebPContainer container)
    {
        if (container.Lossy.IsEmpty)
            return LosslessDecoder.ReadHeader(container.Lossless);
        (int width, int height) = FrameHeader.ReadSize(container.Lossy);
        return (width, height, !container.Alpha.IsEmpty);
    }
}
