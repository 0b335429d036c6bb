using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Tiff;

/// <summary>
/// Reads the first page of TIFF and BigTIFF files in either byte order: grey, RGB, palettes, CMYK and YCbCr with 1 to 16
/// bits a sample, with and without transparency, in strips and tiles, side by side or in planes; uncompressed, PackBits,
/// LZW, Deflate (both with horizontal differences), JPEG, and CCITT fax. Pixels are those of Pillow, which is libtiff; of
/// more than 8 bits the higher 8 are kept. The orientation is applied; colour profiles are not.
/// </summary>
internal sealed class TiffDecoder : ImageDecoder
{
    /// <inheritdoc/>
    public override string FormatName => "TIFF";

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => TiffDirectory.IsSignature(header);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private static Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var notes = new ReadingNotes();
        TiffDirectory directory = TiffDirectory.Read(file, notes);
        TiffHeader header = TiffHeader.Read(directory, limits);
        var segments = new TiffSegments(file, directory, header);
        var pixels = new TiffPixels(directory, header, notes);
        PixelTarget target = PixelTarget.Create(header.Width, header.Height, pixels.Channels, least?.BeforeTurning(header.Orientation));
        if (pixels.IsCopy && !header.IsTiled && target.Whole is Image image)
            ReadRows(header, segments, image);
        else
            ReadSegments(header, segments, pixels, target);
        whole = (header.Width, header.Height);
        return target.ToImage().With(notes, header.Orientation);
    }

    /// <summary>Strips that are rows of the image as they are.</summary>
    private static void ReadRows(TiffHeader header, in TiffSegments segments, Image image)
    {
        for (int strip = 0; strip < header.SegmentsDown; strip++)
        {
            int top = strip * header.SegmentHeight, rows = Math.Min(header.SegmentHeight, header.Height - top);
            segments.Read(strip, rows, image.Pixels.Slice(top * image.Stride, rows * image.Stride));
        }
    }

    private static void ReadSegments(TiffHeader header, in TiffSegments segments, TiffPixels pixels, PixelTarget target)
    {
        int across = header.SegmentsAcross, down = header.SegmentsDown, planes = header.Planes, samples = header.Samples;
        int maxRows = Math.Min(header.SegmentHeight, header.Height);
        var data = new byte[planes][];
        for (int plane = 0; plane < planes; plane++)
            data[plane] = GC.AllocateUninitializedArray<byte>((int)header.SegmentBytes(maxRows));
        byte[] row = new byte[Math.Min(header.SegmentWidth, header.Width) * samples], sample = planes > 1 ? new byte[row.Length / samples] : [];
        for (int y = 0; y < down; y++)
            for (int x = 0; x < across; x++)
            {
                int left = x * header.SegmentWidth, top = y * header.SegmentHeight;
                int width = Math.Min(header.SegmentWidth, header.Width - left), rows = Math.Min(maxRows, header.Height - top);
                for (int plane = 0; plane < planes; plane++)
                    segments.Read((((plane * down) + y) * across) + x, rows, data[plane].AsSpan(0, (int)header.SegmentBytes(rows)));
                for (int i = 0; i < rows; i++)
                {
                    Span<byte> line = row.AsSpan(0, width * samples);
                    if (planes > 1)
                        Interleave(data, header, i, sample.AsSpan(0, width), line);
                    else
                        ReadSamples(data[0], header, i, line);
                    pixels.Write(line, target.Begin(top + i, left, width));
                    target.End();
                }
            }
    }

    private static void ReadSamples(ReadOnlySpan<byte> data, TiffHeader header, int row, Span<byte> samples)
    {
        int down = header.Subsampling.Down;
        if (header.IsSubsampled)
            YCbCrConversion.Expand(data[(int)(row / down * header.SegmentBytes(1))..], header.Subsampling, row % down, samples);
        else
            SampleRows.Expand(data.Slice((int)(row * header.RowBytes), (int)header.RowBytes), header, samples);
    }

    private static void Interleave(byte[][] planes, TiffHeader header, int row, Span<byte> sample, Span<byte> samples)
    {
        for (int plane = 0; plane < planes.Length; plane++)
        {
            ReadSamples(planes[plane], header, row, sample);
            for (int i = 0; i < sample.Length; i++)
                samples[(i * planes.Length) + plane] = sample[i];
        }
    }
}
