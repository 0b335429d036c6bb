using Fovea.Imaging.Tiff.Compression;

namespace Fovea.Imaging.Tiff;

/// <summary>Finds strips and tiles in the file and takes their compression away.</summary>
internal readonly ref struct TiffSegments
{
    private readonly ReadOnlySpan<byte> _file, _jpegTables;
    private readonly TiffValues _offsets, _counts;
    private readonly TiffHeader _header;

    /// <exception cref="ImageFormatException">There are too few segments, or they have more bytes together than any honest file.</exception>
    public TiffSegments(ReadOnlySpan<byte> file, in TiffDirectory directory, TiffHeader header)
    {
        _file = file;
        _header = header;
        (int offsets, int counts) = header.IsTiled ? (TiffTag.TileOffsets, TiffTag.TileByteCounts) : (TiffTag.StripOffsets, TiffTag.StripByteCounts);
        _offsets = directory.Required(offsets, header.IsTiled ? "TileOffsets" : "StripOffsets");
        directory.TryGet(counts, out _counts);
        if (directory.TryGet(TiffTag.JpegTables, out TiffValues tables))
            _jpegTables = tables.Bytes;
        long needed = (long)header.SegmentsAcross * header.SegmentsDown * header.Planes;
        if (_offsets.Count < needed)
            throw new ImageFormatException($"TIFF: {header.Width}×{header.Height} pixels take {needed} {Kind}s, and the file has {_offsets.Count}");

        // Segments may share their bytes, as empty tiles do, but reading the file a thousand times only makes work.
        double all = 0;
        for (int i = 0; i < needed; i++)
            all += Find(i).Length;
        if (all > (8.0 * file.Length) + ((double)header.Width * header.Height * header.Samples))
            throw new ImageFormatException($"TIFF: the {Kind}s are said to have {all} bytes together, and the file has {file.Length}");
        if (all * MaxExpansion < (double)header.SegmentBytes(1) / header.Subsampling.Down * header.Height * header.SegmentsAcross * header.Planes)
            throw new ImageFormatException($"TIFF: {all} bytes of data cannot hold {header.Width}×{header.Height} pixels");
    }

    /// <summary>Bytes that one byte of data can become at most.</summary>
    private double MaxExpansion => _header.Compression switch
    {
        TiffCompression.None => 1,
        TiffCompression.PackBits => 64,
        // A string grows by one at every code, of 12 bits.
        TiffCompression.Lzw => 4096,
        TiffCompression.Deflate => 1032,
        // JPEG's decoder checks that itself.
        TiffCompression.Jpeg => double.PositiveInfinity,
        // A row takes a bit at least.
        _ => 8 * _header.RowBytes,
    };

    private string Kind => _header.IsTiled ? "tile" : "strip";

    /// <summary>The compressed bytes of a segment, as many as the file has.</summary>
    public ReadOnlySpan<byte> Find(int index)
    {
        long offset = _offsets[index], count = _counts.Bytes.IsEmpty || index >= _counts.Count ? 0 : _counts[index];
        if (offset < 0 || offset >= _file.Length)
            return [];
        ReadOnlySpan<byte> rest = _file[(int)offset..];
        // Where the length is missing, the data say themselves how long they are.
        return count > 0 ? rest[..(int)Math.Min(count, rest.Length)] : rest;
    }

    /// <summary>Reads the rows of a segment from the top until the output is full.</summary>
    /// <param name="index">Which.</param>
    /// <param name="rows">How many rows of it are wanted.</param>
    /// <param name="output">The rows.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end too early.</exception>
    public void Read(int index, int rows, Span<byte> output)
    {
        ReadOnlySpan<byte> data = Find(index);
        if (_header.Compression == TiffCompression.Jpeg)
        {
            JpegSegment.Decode(_jpegTables, data, _header, rows, output);
            return;
        }
        if (_header.IsReversed)
            data = Reversed(data);
        int width = _header.SegmentWidth, written;
        switch (_header.Compression)
        {
            case TiffCompression.PackBits:
                written = PackBits.Decode(data, output);
                break;
            case TiffCompression.Lzw:
                written = TiffLzw.Decode(data, output);
                break;
            case TiffCompression.Deflate:
                written = Deflate.Decode(data, output);
                break;
            case TiffCompression.FaxRows:
            case TiffCompression.Fax3:
            case TiffCompression.Fax4:
                written = FaxDecoder.Decode(data, _header.Compression, _header.FaxOptions, width, output);
                break;
            default:
                written = Math.Min(data.Length, output.Length);
                data[..written].CopyTo(output);
                break;
        }
        if (written < output.Length)
            throw new ImageFormatException($"TIFF: {Kind} {index} ends after {written} of {output.Length} bytes");
        if (_header.HasPredictor)
            Predictor.Undo(output, (int)_header.RowBytes, _header);
    }

    private static byte[] Reversed(ReadOnlySpan<byte> data)
    {
        var result = new byte[data.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int b = data[i];
            b = ((b & 0xF0) >> 4) | ((b & 0x0F) << 4);
            b = ((b & 0xCC) >> 2) | ((b & 0x33) << 2);
            result[i] = (byte)(((b & 0xAA) >> 1) | ((b & 0x55) << 1));
        }
        return result;
    }
}
