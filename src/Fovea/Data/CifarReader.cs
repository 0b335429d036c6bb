using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Reads the binary files of CIFAR-10 (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009):
/// records of one byte of label and 3,072 bytes of pixels: 32×32 red, then green, then blue.
/// </summary>
public static class CifarReader
{
    private const int LabelBytes = 1, Side = 32, PixelBytes = 3 * Side * Side, RecordBytes = LabelBytes + PixelBytes;
    private const int MaxNamesBytes = 1 << 16;

    /// <summary>Reads one or several files, one after the other.</summary>
    /// <param name="paths">The files, in the order wanted.</param>
    /// <param name="name">The data set's name.</param>
    /// <param name="classNames">The classes' names, see <see cref="ReadClassNames(string)"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="paths"/> is empty.</exception>
    /// <exception cref="DataFormatException">A file is not a whole number of records, or a label names no class.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static MemoryDataset Read(IReadOnlyList<string> paths, string name, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<(Stream, string)>(paths.Count);
        try
        {
            foreach (string path in paths)
                files.Add((InputFile.Open(path), path));
            return Read(files, name, classNames);
        }
        finally
        {
            foreach ((Stream stream, _) in files)
                stream.Dispose();
        }
    }

    /// <summary>Reads one or several streams that can seek, each from its position to its end.</summary>
    /// <param name="files">The streams, and what error messages call them.</param>
    /// <param name="name">The data set's name.</param>
    /// <param name="classNames">The classes' names.</param>
    /// <exception cref="ArgumentException"><paramref name="files"/> is empty.</exception>
    /// <exception cref="DataFormatException">A stream is not a whole number of records, or a label names no class.</exception>
    public static MemoryDataset Read(IReadOnlyList<(Stream Content, string Name)> files, string name, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(classNames);
        if (files.Count == 0)
            throw new ArgumentException("at least one file is needed", nameof(files));

        long count = 0;
        foreach ((Stream content, string file) in files)
        {
            long bytes = content.Length - content.Position;
            if (bytes == 0 || bytes % RecordBytes != 0)
                throw new DataFormatException($"{file}: has {bytes} bytes, must be a positive multiple of {RecordBytes} (label, 32×32 red, green, blue)");
            count += bytes / RecordBytes;
        }
        if (count * PixelBytes > Array.MaxLength)
            throw new DataFormatException($"{files[^1].Name}: {count} images together are more than one data set can hold, {Array.MaxLength / PixelBytes}");

        var pixels = new byte[count * PixelBytes];
        var labels = new int[count];
        int next = 0;
        foreach ((Stream content, string file) in files)
        {
            int records = (int)((content.Length - content.Position) / RecordBytes);
            for (int record = 0; record < records; record++, next++)
            {
                int label = content.ReadByte();
                if (content.ReadAtLeast(pixels.AsSpan(next * PixelBytes, PixelBytes), PixelBytes, throwOnEndOfStream: false) < PixelBytes)
                    throw new DataFormatException($"{file}: ends within record {record} of {records}; was it cut while being read?");
                if (label >= classNames.Count)
                    throw new DataFormatException($"{file}: the label of record {record} is {label}, must be below {classNames.Count}");
                labels[next] = label;
            }
        }
        return new MemoryDataset(name, new Shape(3, Side, Side), classNames, pixels, labels);
    }

    /// <summary>Reads <c>batches.meta.txt</c>: one class name a line, blank lines apart.</summary>
    /// <exception cref="DataFormatException">There are no names, more than 256, or the file is no such list.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<string> ReadClassNames(string path)
    {
        using FileStream file = InputFile.Open(path);
        return ReadClassNames(file, path);
    }

    /// <summary>Reads class names from a stream that can seek.</summary>
    /// <param name="content">One class name a line.</param>
    /// <param name="name">What error messages call the stream.</param>
    /// <exception cref="DataFormatException">There are no names, more than 256, or the stream is no such list.</exception>
    public static IReadOnlyList<string> ReadClassNames(Stream content, string name)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Length - content.Position > MaxNamesBytes)
            throw new DataFormatException($"{name}: has {content.Length - content.Position} bytes, a list of class names has at most {MaxNamesBytes}");
        using var reader = new StreamReader(content, leaveOpen: true);
        var names = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            string trimmed = line.Trim();
            if (trimmed.Length == 0)
                continue;
            if (trimmed.Any(char.IsControl))
                throw new DataFormatException($"{name}: line {names.Count + 1} is not text; one class name a line is expected");
            names.Add(trimmed);
        }
        if (names.Count is 0 or > 256)
            throw new DataFormatException($"{name}: lists {names.Count} class names, must be from 1 to 256");
        return names;
    }
}
