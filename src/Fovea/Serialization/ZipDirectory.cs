using System.Buffers.Binary;
using System.Text;

namespace Fovea.Serialization;

/// <summary>A file in a zip archive.</summary>
/// <param name="Name">With its folders.</param>
/// <param name="IsStored">Whether it lies there as it is.</param>
/// <param name="IsDeflated">Whether it is compressed as zip archives mostly are.</param>
/// <param name="Length">How long it is said to be.</param>
/// <param name="Data">What lies in the archive.</param>
internal sealed record ZipEntry(string Name, bool IsStored, bool IsDeflated, long Length, ReadOnlyMemory<byte> Data);

/// <summary>
/// The files of a zip archive in memory, as its central directory lists them; nothing is unpacked or copied. Zip64 is read.
/// </summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22, LocatorBytes = 20, LongEndBytes = 56, EntryBytes = 46, LocalBytes = 30;
    private const int LongestComment = ushort.MaxValue;
    private const ushort Stored = 0, Deflated = 8, Zip64Field = 1, Encrypted = 1;

    /// <summary>Whether a file begins as an archive does.</summary>
    public static bool IsZip(ReadOnlySpan<byte> file) => file.StartsWith("PK\x03\x04"u8);

    /// <summary>Reads the directory.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public static IReadOnlyList<ZipEntry> Read(ReadOnlyMemory<byte> archive)
    {
        ReadOnlySpan<byte> file = archive.Span;
        (long count, long size, long start) = FindDirectory(file);
        if (size > file.Length || start > file.Length - size)
            throw Damaged("its directory does not lie in the file");
        ReadOnlySpan<byte> directory = file.Slice((int)start, (int)size);
        if (count > size / EntryBytes)
            throw Damaged($"{count} entries do not fit its directory");
        var entries = new List<ZipEntry>((int)count);
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < EntryBytes || !directory.StartsWith("PK\x01\x02"u8))
                throw Damaged($"entry {i + 1} of its directory is none");
            int name = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            int length = EntryBytes + name + extra + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (length > directory.Length)
                throw Damaged($"entry {i + 1} of its directory is cut off");
            entries.Add(ReadEntry(archive, directory[..EntryBytes], Encoding.UTF8.GetString(directory.Slice(EntryBytes, name)), directory.Slice(EntryBytes + name, extra)));
            directory = directory[length..];
        }
        return entries;
    }

    /// <summary>How many entries the directory has, and where it lies.</summary>
    private static (long Count, long Size, long Start) FindDirectory(ReadOnlySpan<byte> file)
    {
        int from = Math.Max(0, file.Length - EndBytes - LongestComment);
        int end = from + file[from..].LastIndexOf("PK\x05\x06"u8);
        if (end < from || end > file.Length - EndBytes)
            throw Damaged("its end is missing, so it is cut off or no archive");
        if (end >= LocatorBytes && file[(end - LocatorBytes)..].StartsWith("PK\x06\x07"u8))
        {
            ulong at = BinaryPrimitives.ReadUInt64LittleEndian(file[(end - LocatorBytes + 8)..]);
            if (at > (ulong)Math.Max(0, end - LocatorBytes - LongEndBytes) || !file[(int)at..].StartsWith("PK\x06\x06"u8))
                throw Damaged("its directory is not where it is said to be");
            ReadOnlySpan<byte> record = file[(int)at..];
            return (Long(record[32..]), Long(record[40..]), Long(record[48..]));
        }
        ReadOnlySpan<byte> fields = file[end..];
        return (BinaryPrimitives.ReadUInt16LittleEndian(fields[10..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[12..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[16..]));
    }

    private static ZipEntry ReadEntry(ReadOnlyMemory<byte> archive, ReadOnlySpan<byte> fields, string name, ReadOnlySpan<byte> extra)
    {
        string quoted = Printable.Quote(name);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(fields[8..]), method = BinaryPrimitives.ReadUInt16LittleEndian(fields[10..]);
        if ((flags & Encrypted) != 0)
            throw new ModelFormatException($"{quoted} in the archive is encrypted");
        ReadOnlySpan<byte> wide = FindZip64(extra);
        // What does not fit 32 bits is in the field of zip64, in this order.
        long length = Wide(BinaryPrimitives.ReadUInt32LittleEndian(fields[24..]), ref wide, quoted);
        long packed = Wide(BinaryPrimitives.ReadUInt32LittleEndian(fields[20..]), ref wide, quoted);
        long local = Wide(BinaryPrimitives.ReadUInt32LittleEndian(fields[42..]), ref wide, quoted);
        if (local > archive.Length - LocalBytes || !archive.Span[(int)local..].StartsWith("PK\x03\x04"u8))
            throw Damaged($"{quoted} is not where it is said to be");
        ReadOnlySpan<byte> header = archive.Span.Slice((int)local, LocalBytes);
        long start = local + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (start > archive.Length || packed > archive.Length - start)
            throw Damaged($"{quoted} is said to have {packed} bytes, more than the file has from there");
        if (method == Stored && packed != length)
            throw Damaged($"{quoted} is said to have {packed} and {length} bytes");
        return new ZipEntry(name, method == Stored, method == Deflated, length, archive.Slice((int)start, (int)packed));
    }

    private static ReadOnlySpan<byte> FindZip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            extra = extra[4..];
            if (length > extra.Length)
                break;
            if (id == Zip64Field)
                return extra[..length];
            extra = extra[length..];
        }
        return [];
    }

    private static long Wide(uint narrow, ref ReadOnlySpan<byte> wide, string name)
    {
        if (narrow != uint.MaxValue)
            return narrow;
        if (wide.Length < sizeof(long))
            throw Damaged($"the size of {name} is missing");
        long value = Long(wide);
        wide = wide[sizeof(long)..];
        return value;
    }

    /// <summary>A number that is not negative: beyond any file if it does not fit.</summary>
    private static long Long(ReadOnlySpan<byte> field) => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(field), long.MaxValue);

    private static ModelFormatException Damaged(string what) => new($"the zip archive is damaged: {what}");
}
