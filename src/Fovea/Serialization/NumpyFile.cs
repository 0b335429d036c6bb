using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Fovea.Data;

namespace Fovea.Serialization;

/// <summary>An array of a <c>.npy</c> file: its sizes, what its numbers are, and their bytes, the last dimension fastest.</summary>
/// <param name="Sizes">The size of every dimension; none for a single number.</param>
/// <param name="Kind"><c>u</c> or <c>i</c> for whole numbers, <c>f</c> for floats, <c>b</c> for truth values.</param>
/// <param name="Width">The bytes of a number.</param>
/// <param name="IsBigEndian">Whether a number's first byte is its highest.</param>
/// <param name="Bytes">All numbers.</param>
internal sealed record NumpyArray(int[] Sizes, char Kind, int Width, bool IsBigEndian, byte[] Bytes)
{
    /// <summary>How many numbers there are.</summary>
    public int Count => Bytes.Length / Width;

    /// <summary>A number.</summary>
    public double this[int index]
    {
        get
        {
            Span<byte> bytes = stackalloc byte[8];
            bytes = bytes[..Width];
            Bytes.AsSpan(index * Width, Width).CopyTo(bytes);
            if (IsBigEndian)
                bytes.Reverse();
            return (Kind, Width) switch
            {
                ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
                ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                ('f', _) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
                ('i', 1) => (sbyte)bytes[0],
                ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
                ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                ('i', _) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                (_, 1) => bytes[0],
                (_, 2) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                (_, 4) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            };
        }
    }
}

/// <summary>
/// Reads NumPy's files: <c>.npy</c>, an array, of versions 1 to 3 ("A Simple File Format for NumPy Arrays", NEP 1), and
/// <c>.npz</c>, a zip archive of these. Objects, records and Fortran's order are refused.
/// </summary>
internal static class NumpyFile
{
    private const int MaxHeader = 1 << 16, MaxRank = 8, FirstBuffer = 1 << 16;

    // As of gzipped IDX files: an archive may not unfold without end.
    private const long MaxInflation = 256, MinInflatedLimit = 1 << 20;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether bytes begin as an array does.</summary>
    public static bool IsArray(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads an array.</summary>
    /// <exception cref="DataFormatException">The file is malformed, or of a kind that is not read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NumpyArray Read(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return Read(stream, Printable.Escape(Path.GetFileName(path)), stream.Length);
    }

    /// <summary>The arrays of an archive by their names, without <c>.npy</c>; none is read before it is asked for.</summary>
    /// <param name="archive">The archive, which stays open while arrays are read.</param>
    /// <param name="name">What messages call it.</param>
    public static IReadOnlyDictionary<string, Func<NumpyArray>> Entries(ZipArchive archive, string name)
    {
        var found = new Dictionary<string, Func<NumpyArray>>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries)
            if (entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
                found.TryAdd(entry.FullName[..^4], () =>
                {
                    string called = $"{name}, {Printable.Escape(entry.FullName)}";
                    try
                    {
                        using Stream stream = entry.Open();
                        return Read(stream, called, Math.Max(MinInflatedLimit, MaxInflation * entry.CompressedLength));
                    }
                    catch (Exception error) when (error is InvalidDataException or NotSupportedException)
                    {
                        throw new DataFormatException($"{called}: the archive is damaged", error);
                    }
                });
        return found;
    }

    /// <summary>Reads an array from a stream, to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="available">The most bytes that may come.</param>
    /// <exception cref="DataFormatException">The stream is malformed, or of a kind that is not read.</exception>
    public static NumpyArray Read(Stream stream, string name, long available)
    {
        Span<byte> start = stackalloc byte[12];
        int got = stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false);
        if (got < 8 || !IsArray(start))
            throw new DataFormatException($"{name}: no array of NumPy, which begins with 0x93 and NUMPY");
        if (start[6] is not (1 or 2 or 3))
            throw new DataFormatException($"{name}: version {start[6]} of the format; versions 1 to 3 are read");
        int field = start[6] == 1 ? 2 : 4;
        if (stream.ReadAtLeast(start.Slice(8, field), field, throwOnEndOfStream: false) < field)
            throw new DataFormatException($"{name}: ends within its header");
        long length = field == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > MaxHeader)
            throw new DataFormatException($"{name}: a header of {length} bytes; at most {MaxHeader} are read");
        var header = new byte[length];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new DataFormatException($"{name}: ends within its header of {length} bytes");
        (string type, bool isFortran, int[] sizes) = NumpyHeader.Parse(Encoding.UTF8.GetString(header), name);
        (char kind, int width, bool isBigEndian) = TypeOf(type, name);
        if (isFortran && sizes.Length > 1)
            throw new DataFormatException($"{name}: Fortran's order, the first dimension fastest; numpy.ascontiguousarray makes the order that is read");
        if (sizes.Length > MaxRank)
            throw new DataFormatException($"{name}: {sizes.Length} dimensions; at most {MaxRank} are read");
        long bytes = width;
        foreach (int size in sizes)
            if (size == 0 || (bytes *= size) > Math.Min(available, Array.MaxLength))
                throw new DataFormatException($"{name}: the array ({string.Join(", ", sizes)}) is {(size == 0 ? "empty" : $"larger than the {available} bytes that there can be")}");
        byte[] content = Fill(stream, (int)bytes, out int filled);
        return filled == bytes ? new NumpyArray(sizes, kind, width, isBigEndian, content)
            : throw new DataFormatException($"{name}: ends after {filled} of the {bytes} bytes of the array ({string.Join(", ", sizes)})");
    }

    private static (char Kind, int Width, bool IsBigEndian) TypeOf(string type, string name) =>
        type is [var order and ('<' or '>' or '|' or '='), var kind and ('u' or 'i' or 'f' or 'b'), var digit and ('1' or '2' or '4' or '8')] && (kind, digit) is not ('f', '1') and not ('b', '2' or '4' or '8')
            ? (kind, digit - '0', order == '>')
            : throw new DataFormatException($"{name}: elements of the type {Printable.Quote(Printable.Shorten(type))}; whole numbers and floats are read, such as |u1, <i8 and <f4");

    /// <summary>Memory follows the bytes that really arrive.</summary>
    private static byte[] Fill(Stream stream, int count, out int filled)
    {
        var content = new byte[Math.Min(count, FirstBuffer)];
        filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(content.AsSpan(filled), content.Length - filled, throwOnEndOfStream: false);
            if (filled < content.Length || filled == count)
                return content;
            Array.Resize(ref content, (int)Math.Min(count, 2L * content.Length));
        }
    }
}
