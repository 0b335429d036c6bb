using Fovea.Imaging.Jpeg;

namespace Fovea.Imaging.Tiff;

/// <summary>A strip or tile that is a JPEG file, except that tables which all have in common are kept once (TIFF, supplement 2).</summary>
internal static class JpegSegment
{
    private const int MarkerBytes = 2;

    /// <param name="tables">The tables as a JPEG file without a image, or empty.</param>
    /// <param name="data">The segment.</param>
    /// <param name="header">What it should be.</param>
    /// <param name="rows">How many rows of it are wanted.</param>
    /// <param name="output">(rows, W, samples).</param>
    /// <exception cref="ImageFormatException">The segment is damaged, or not what it should be.</exception>
    public static void Decode(ReadOnlySpan<byte> tables, ReadOnlySpan<byte> data, TiffHeader header, int rows, Span<byte> output)
    {
        int samples = header.SegmentSamples, width = header.SegmentWidth;
        if (samples is not (1 or 3))
            throw new ImageFormatException($"TIFF: JPEG with {samples} samples a pixel is not supported; 1 and 3 are");
        if (tables.Length > 2 * MarkerBytes && data.Length > MarkerBytes)
            data = (byte[])[.. tables[..^MarkerBytes], .. data[MarkerBytes..]];
        // The last strip may be as long as the others.
        var limits = new ImageLimits { MaxPixels = ((long)width + 15) * ((long)header.SegmentHeight + 15) };
        Image image = new JpegDecoder { HasColourDifferences = header.Photometric == Photometric.YCbCr && !header.IsPlanar }.Decode(data, limits);
        if (image.Width < width || image.Height < rows || image.Channels != samples)
            throw new ImageFormatException($"TIFF: a JPEG of {image} is where {width}×{rows} pixels of {samples} samples should be");
        for (int y = 0; y < rows; y++)
            image.Row(y)[..(width * samples)].CopyTo(output[(y * width * samples)..]);
    }
}
