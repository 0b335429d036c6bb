using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Reads JPEG files (ISO/IEC 10918-1): baseline, extended and progressive, 8 bits, Huffman codes, any subsampling, grey,
/// YCbCr, RGB, CMYK and YCCK, the last two turned into RGB. The pixels are those of the Independent JPEG Group's
/// decoder at its defaults. The orientation that cameras note (EXIF) is applied; colour profiles are not. Of images that
/// come in several scans only a band is kept beside the image. Reduced images are those of the same decoder at 1/2, 1/4 or
/// 1/8.
/// </summary>
internal sealed class JpegDecoder : ImageDecoder
{
    /// <inheritdoc/>
    public override string FormatName => "JPEG";

    /// <summary>Whether three components are YCbCr, where something outside the file knows; null to see what the file says.</summary>
    internal bool? HasColourDifferences { get; init; }

    /// <inheritdoc/>
    public override bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith((ReadOnlySpan<byte>)[0xFF, JpegMarker.Start, 0xFF]);

    /// <inheritdoc/>
    public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits) => Decode(file, limits, null, out _);

    /// <inheritdoc/>
    public override Image DecodeReduced(ReadOnlySpan<byte> file, ImageLimits limits, MinSize least, out (int Width, int Height) whole) =>
        Decode(file, limits, least, out whole);

    private Image Decode(ReadOnlySpan<byte> file, ImageLimits limits, MinSize? least, out (int Width, int Height) whole)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!CanDecode(file))
            throw new ImageFormatException("JPEG: the file does not begin with the SOI marker and another");
        var reader = new JpegReader(file) { Position = 2 };
        var tables = new JpegTables();
        JpegFrame? frame = null;
        var scans = new List<ScanDecoder>();
        DecodingBudget? budget = null;
        var notes = new ReadingNotes();
        bool jfif = false;
        int adobeTransform = -1, orientation = ExifOrientation.Upright;
        try
        {
            for (byte marker = reader.NextMarker(); marker is not 0 and not JpegMarker.End; marker = reader.NextMarker())
            {
                if (marker is JpegMarker.Temporary or (>= JpegMarker.FirstRestart and <= JpegMarker.Start))
                    continue;
                ReadOnlySpan<byte> segment = reader.Segment(marker);
                switch (marker)
                {
                    case JpegMarker.HuffmanTables:
                        tables.ReadHuffman(segment);
                        break;
                    case JpegMarker.QuantizationTables:
                        tables.ReadQuantization(segment);
                        break;
                    case JpegMarker.RestartInterval:
                        tables.ReadRestartInterval(segment);
                        break;
                    case JpegMarker.Jfif:
                        jfif |= segment.StartsWith("JFIF\0"u8);
                        break;
                    case JpegMarker.Exif when orientation == ExifOrientation.Upright:
                        orientation = ExifOrientation.Read(segment, notes);
                        break;
                    case JpegMarker.Adobe when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                        adobeTransform = segment[11];
                        break;
                    case >= JpegMarker.BaselineFrame and <= JpegMarker.LastFrame and not 0xC8 and not JpegMarker.ArithmeticConditioning:
                        if (frame is not null)
                            throw new ImageFormatException("JPEG: there are two frame headers");
                        frame = JpegFrame.Parse(marker, segment, reader.Remaining, limits);
                        budget = new DecodingBudget(FormatName, (long)frame.Width * frame.Height, file.Length);
                        break;
                    case JpegMarker.Scan:
                        if (frame is null)
                            throw new ImageFormatException("JPEG: there is a scan before the frame header");
                        if (least is MinSize wanted)
                            frame.Reduce(wanted.BeforeTurning(orientation));
                        JpegScan scan = JpegScan.Parse(segment, frame, tables);
                        if (!frame.Progressive && scan.Components.Length == frame.Components.Length)
                        {
                            // Nothing that follows can change the image.
                            PixelTarget image = NewTarget(frame, least, orientation);
                            scans.Add(new ScanDecoder(frame, scan, tables.RestartInterval, reader, file.Length, notes));
                            int end = scans[^1].DecodeSamples(file, new SampleBands(frame, HasColourDifferences ?? frame.HasColourDifferences(jfif, adobeTransform), image));
                            if (end == file.Length)
                                notes.Add(ReadingNotes.EndIsMissing);
                            whole = (frame.Width, frame.Height);
                            return image.ToImage().With(notes, orientation);
                        }
                        scan.Record(frame.Progressive);
                        JpegReader begin = reader;
                        reader.SkipScan();
                        // Of blocks that become one sample only the mean is needed.
                        if (scan.First == 0 || scan.Components[0].Side > 1)
                            scans.Add(new ScanDecoder(frame, scan, tables.RestartInterval, begin, reader.Position, notes));
                        break;
                }
            }
            if (frame is null)
                throw new ImageFormatException($"JPEG: the file ends at byte {reader.Position} without a frame header, and so without a image");
            bool endIsMarked = reader.Remaining > 0 || file.EndsWith((ReadOnlySpan<byte>)[0xFF, JpegMarker.End]);
            if (!endIsMarked)
                notes.Add(ReadingNotes.EndIsMissing);
            CheckComplete(frame, endIsMarked, reader.Position);
            PixelTarget result = NewTarget(frame, least, orientation);
            ScanBands.Decode(file, frame, scans, new SampleBands(frame, HasColourDifferences ?? frame.HasColourDifferences(jfif, adobeTransform), result), budget!);
            whole = (frame.Width, frame.Height);
            return result.ToImage().With(notes, orientation);
        }
        finally
        {
            foreach (ScanDecoder scan in scans)
                scan.Dispose();
        }
    }

    private static PixelTarget NewTarget(JpegFrame frame, MinSize? least, int orientation) =>
        PixelTarget.Create(frame.OutputWidth, frame.OutputHeight, frame.Components.Length == 1 ? 1 : 3, least?.BeforeTurning(orientation));

    /// <summary>
    /// A progressive image may leave out what it likes as long as the file says where it ends; a file that just stops
    /// must have sent everything.
    /// </summary>
    private static void CheckComplete(JpegFrame frame, bool endIsMarked, int position)
    {
        foreach (JpegComponent component in frame.Components)
        {
            if (component.MissingBits.AsSpan().IndexOfAnyExcept((sbyte)-1) < 0)
                throw new ImageFormatException($"JPEG: the file ends at byte {position} without data of the component {component.Id}");
            if (!endIsMarked && component.MissingBits.AsSpan().IndexOfAnyExcept((sbyte)0) >= 0)
                throw new ImageFormatException($"JPEG: the file ends at byte {position}, before all scans of the component {component.Id}");
        }
    }
}
