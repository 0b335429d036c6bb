namespace Fovea.Imaging.Tiff;

/// <summary>
/// The first directory of a TIFF or BigTIFF file: what the fields of its first page say. Directories behind it are never
/// looked at, so that loops among them do no harm.
/// </summary>
internal readonly ref struct TiffDirectory
{
    private const int MaxEntries = ushort.MaxValue;

    private readonly ReadOnlySpan<byte> _file, _entries;
    private readonly bool _wide;

    private TiffDirectory(ReadOnlySpan<byte> file, ReadOnlySpan<byte> entries, bool little, bool wide)
    {
        (_wide, IsLittleEndian) = (wide, little);
        _file = file;
        _entries = entries;
    }

    /// <summary>Whether numbers have their lowest byte first.</summary>
    public bool IsLittleEndian { get; }

    private int EntrySize => _wide ? 20 : 12;

    /// <summary>Whether a file begins as TIFF (42) or BigTIFF (43) files of either byte order do.</summary>
    public static bool IsSignature(ReadOnlySpan<byte> file) =>
        file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8);

    /// <exception cref="ImageFormatException">There is no directory.</exception>
    public static TiffDirectory Read(ReadOnlySpan<byte> file, ReadingNotes notes)
    {
        if (!IsSignature(file))
            throw new ImageFormatException("TIFF: the file does not begin with II or MM and 42 or 43");
        bool little = file[0] == 'I', wide = TiffValues.UInt16(file[2..], little) == 43;
        if (file.Length < (wide ? 16 : 8))
            throw new ImageFormatException($"TIFF: the file ends at byte {file.Length}, inside its header");
        ulong at = wide ? TiffValues.UInt64(file[8..], little) : TiffValues.UInt32(file[4..], little);
        int countSize = wide ? 8 : 2;
        if (at == 0 || at > (ulong)(file.Length - countSize))
            throw new ImageFormatException($"TIFF: the directory is said to lie at byte {at}, and the file has {file.Length} bytes");
        ReadOnlySpan<byte> entries = file[(int)at..];
        ulong count = wide ? TiffValues.UInt64(entries, little) : TiffValues.UInt16(entries, little);
        if (count > MaxEntries)
            throw new ImageFormatException($"TIFF: the directory has {count} fields; up to {MaxEntries} are read");
        entries = entries[countSize..];
        // Of a directory that is cut off, the fields that are there may be enough.
        int length = (int)count * (wide ? 20 : 12);
        if (length > entries.Length)
            notes.Add("the directory is cut off: some fields are missing");
        return new TiffDirectory(file, entries[..Math.Min(length, entries.Length)], little, wide);
    }

    /// <summary>A field's values; false if it is missing, of no known type, or beyond the file's end.</summary>
    public bool TryGet(int tag, out TiffValues values)
    {
        values = default;
        for (ReadOnlySpan<byte> rest = _entries; rest.Length >= EntrySize; rest = rest[EntrySize..])
        {
            if (TiffValues.UInt16(rest, IsLittleEndian) != tag)
                continue;
            int type = TiffValues.UInt16(rest[2..], IsLittleEndian), size = TiffValues.SizeOf(type), room = _wide ? 8 : 4;
            ulong count = Offset(rest[4..]);
            if (size == 0 || count == 0 || count > (ulong)(_file.Length / size))
                return false;
            int bytes = (int)count * size;
            ReadOnlySpan<byte> place = rest.Slice(4 + room, room);
            ulong at = Offset(place);
            if (bytes > room && at > (ulong)(_file.Length - bytes))
                return false;
            values = new TiffValues(bytes <= room ? place[..bytes] : _file.Slice((int)at, bytes), type, IsLittleEndian);
            return true;
        }
        return false;
    }

    /// <summary>A field's first value, or another if it is missing.</summary>
    public long Number(int tag, long otherwise) => TryGet(tag, out TiffValues values) ? values[0] : otherwise;

    /// <exception cref="ImageFormatException">The field is missing or lies beyond the file's end.</exception>
    public TiffValues Required(int tag, string name) =>
        TryGet(tag, out TiffValues values) ? values : throw new ImageFormatException($"TIFF: the field {name} ({tag}) is missing, or its values lie beyond the file's end");

    private ulong Offset(ReadOnlySpan<byte> data) => _wide ? TiffValues.UInt64(data, IsLittleEndian) : TiffValues.UInt32(data, IsLittleEndian);
}
