using System.Buffers.Binary;

namespace Fovea.Imaging.Jpeg;

/// <summary>Walks over a file from marker to marker.</summary>
internal ref struct JpegReader(ReadOnlySpan<byte> file)
{
    /// <summary>The whole file.</summary>
    public readonly ReadOnlySpan<byte> File { get; } = file;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => File.Length - Position;

    /// <summary>
    /// Goes past the next marker and tells which it is; 0 if there is none any more. What lies before it, and any number
    /// of fill bytes (0xFF), is skipped, as files in the wild have such.
    /// </summary>
    public byte NextMarker()
    {
        while (true)
        {
            int found = File[Position..].IndexOf((byte)0xFF);
            if (found < 0)
                break;
            Position += found;
            int code = File[Position..].IndexOfAnyExcept((byte)0xFF);
            if (code < 0)
                break;
            Position += code + 1;
            if (File[Position - 1] != 0)
                return File[Position - 1];
        }
        Position = File.Length;
        return 0;
    }

    /// <summary>Goes past the data of a scan, restart markers included, to the marker behind them or the file's end.</summary>
    public void SkipScan()
    {
        byte marker = NextMarker();
        while (marker is JpegMarker.Temporary or (>= JpegMarker.FirstRestart and <= JpegMarker.LastRestart))
            marker = NextMarker();
        // A marker takes two bytes.
        Position -= marker == 0 ? 0 : 2;
    }

    /// <summary>The content of the segment behind a marker, without its length.</summary>
    /// <exception cref="ImageFormatException">The length is impossible, or the file ends before.</exception>
    public ReadOnlySpan<byte> Segment(byte marker)
    {
        int length = Remaining >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(File[Position..]) : 2;
        if (length < 2)
            throw new ImageFormatException($"JPEG: the {JpegMarker.Name(marker)} segment at byte {Position} says it is {length} bytes long, and its length alone takes 2");
        if (length > Remaining)
            throw new ImageFormatException($"JPEG: the file ends at byte {File.Length}, inside the {JpegMarker.Name(marker)} segment, which takes {length} bytes from byte {Position}");
        ReadOnlySpan<byte> result = File.Slice(Position + 2, length - 2);
        Position += length;
        return result;
    }
}
