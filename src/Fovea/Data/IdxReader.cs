using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Reads the IDX files of MNIST and its relatives (LeCun, Cortes and Burges, "The MNIST database"): a big-endian
/// header of a magic number and one size a dimension, then unsigned bytes. Images have three dimensions (0x803: N, H,
/// W), labels one (0x801: N). Either file may be compressed with gzip, which its content tells, not its name.
/// </summary>
public static class IdxReader
{
    private const uint ImagesMagic = 0x803, LabelsMagic = 0x801;
    private const int MaxSide = 1 << 14;

    // Memory follows the bytes that really arrive, and a small file may not unfold without end: images of pen
    // strokes shrink 5 to 50 times, so this leaves room and still stops a decompression bomb.
    private const int MaxInflation = 256, MinInflatedLimit = 1 << 20, FirstBuffer = 1 << 14;

    /// <summary>Reads a pair of files.</summary>
    /// <param name="imagesPath">The file of images, gzip or plain.</param>
    /// <param name="labelsPath">The file of labels, gzip or plain.</param>
    /// <param name="name">The data set's name; the file of images names it if null.</param>
    /// <param name="classNames">The classes' names; "0", "1" … up to the largest label if null.</param>
    /// <exception cref="DataFormatException">A file is malformed, or the two do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static MemoryDataset Read(string imagesPath, string labelsPath, string? name = null, IReadOnlyList<string>? classNames = null)
    {
        using FileStream images = InputFile.Open(imagesPath), labels = InputFile.Open(labelsPath);
        return Read(images, labels, name ?? Path.GetFileName(imagesPath), classNames, imagesPath, labelsPath);
    }

    /// <summary>Reads a pair of streams that can seek, each from its position to its end.</summary>
    /// <param name="images">The images, gzip or plain.</param>
    /// <param name="labels">The labels, gzip or plain.</param>
    /// <param name="name">The data set's name.</param>
    /// <param name="classNames">The classes' names; "0", "1" … up to the largest label if null.</param>
    /// <param name="imagesName">What error messages call the first stream.</param>
    /// <param name="labelsName">What error messages call the second stream.</param>
    /// <exception cref="DataFormatException">A stream is malformed, or the two do not belong together.</exception>
    public static MemoryDataset Read(
        Stream images, Stream labels, string name, IReadOnlyList<string>? classNames = null,
        string imagesName = "images", string labelsName = "labels")
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        (int[] labelSizes, byte[] labelBytes) = ReadArray(labels, labelsName, LabelsMagic, "labels", "images");
        (int[] sizes, byte[] pixels) = ReadArray(images, imagesName, ImagesMagic, "images", "labels");
        if (sizes[0] != labelSizes[0])
            throw new DataFormatException($"{labelsName}: {labelSizes[0]} labels for the {sizes[0]} images of {imagesName}; the counts must be equal");

        classNames ??= [.. Enumerable.Range(0, labelBytes.Max() + 1).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        var values = new int[labelBytes.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = labelBytes[i];
            if (values[i] >= classNames.Count)
                throw new DataFormatException($"{labelsName}: label {i} is {values[i]}, must be below {classNames.Count}");
        }
        return new MemoryDataset(name, new Shape(1, sizes[1], sizes[2]), classNames, pixels, values);
    }

    private static (int[] Sizes, byte[] Content) ReadArray(Stream stream, string file, uint magic, string what, string other)
    {
        long length = stream.Length - stream.Position;
        bool compressed = stream.ReadByte() == 0x1f & stream.ReadByte() == 0x8b;
        stream.Position -= Math.Min(2, length);
        if (!compressed)
            return ReadContent(stream, file, magic, what, other, length, exact: true);

        using var inflated = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            return ReadContent(inflated, file, magic, what, other, Math.Max(MinInflatedLimit, MaxInflation * length), exact: false);
        }
        catch (InvalidDataException e)
        {
            throw new DataFormatException($"{file}: the gzip data is damaged; fetch the file again", e);
        }
    }

    // What is available is all bytes there are (exact), or the most that may come.
    private static (int[] Sizes, byte[] Content) ReadContent(
        Stream stream, string file, uint magic, string what, string other, long available, bool exact)
    {
        int rank = (int)(magic & 0xff);
        Span<byte> header = stackalloc byte[4 + 4 * rank];
        int got = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (got >= 4)
        {
            uint found = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (found == (ImagesMagic ^ LabelsMagic ^ magic))
                throw new DataFormatException($"{file}: holds {other}, not {what}; are the two files swapped?");
            if (found != magic)
                throw new DataFormatException($"{file}: begins with 0x{found:x8}; an IDX file of {what} begins with 0x{magic:x8}");
        }
        if (got < header.Length)
            throw new DataFormatException($"{file}: ends after {got} bytes; the header of IDX {what} takes {header.Length}");

        var sizes = new int[rank];
        long count = 1;
        for (int d = 0; d < rank; d++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(header[(4 + 4 * d)..]);
            int limit = d == 0 ? int.MaxValue : MaxSide;
            if (size == 0 || size > limit)
                throw new DataFormatException($"{file}: size {d + 1} of {rank} is {size}, must be from 1 to {limit}");
            sizes[d] = (int)size;
            count *= size;
        }
        if (exact && count != available - header.Length)
            throw new DataFormatException($"{file}: {available - header.Length} bytes follow the header; {Describe(sizes)} {what} take {count}");
        if (count > Math.Min(available, Array.MaxLength))
            throw new DataFormatException($"{file}: {Describe(sizes)} {what} take {count} bytes, more than {(exact ? "fits into memory" : "the compressed file can hold")}");

        byte[] content = Fill(stream, (int)count, exact, out int filled);
        if (filled < count)
            throw new DataFormatException($"{file}: ends after {filled} of the {count} bytes of {Describe(sizes)} {what}");
        if (stream.ReadByte() >= 0)
            throw new DataFormatException($"{file}: goes on after the {count} bytes of {Describe(sizes)} {what}");
        return (sizes, content);
    }

    private static byte[] Fill(Stream stream, int count, bool exact, out int filled)
    {
        var content = new byte[exact ? count : Math.Min(count, FirstBuffer)];
        filled = 0;
        while (true)
        {
            filled += stream.ReadAtLeast(content.AsSpan(filled), content.Length - filled, throwOnEndOfStream: false);
            if (filled < content.Length || filled == count)
                return content;
            Array.Resize(ref content, (int)Math.Min(count, 2L * content.Length));
        }
    }

    private static string Describe(int[] sizes) => string.Join("×", sizes);
}
