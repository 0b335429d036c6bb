namespace Fovea.Data;

/// <summary>A path that cannot be read as a file: a folder, a pipe, a link to nothing, too large.</summary>
public sealed class InputFileException : IOException
{
    /// <summary>An exception that says only that something is no file.</summary>
    public InputFileException()
        : this("the input", "not a file that can be read")
    {
    }

    /// <summary>An exception with this message.</summary>
    public InputFileException(string message)
        : base(message) => Reason = message;

    /// <summary>An exception with this message and what caused it.</summary>
    public InputFileException(string message, Exception? innerException)
        : base(message, innerException) => Reason = message;

    /// <summary>An exception about a path.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="reason">What is wrong with it.</param>
    public InputFileException(string path, string reason)
        : base($"{path}: {reason}") => Reason = reason;

    /// <summary>What is wrong, without the path.</summary>
    public string Reason { get; }
}

/// <summary>
/// The one way a file is opened for reading. Links are followed first; what they lead to must be a regular file of at
/// most so many bytes. Pipes, devices and sockets are refused without being opened, since opening or reading them may
/// never end.
/// </summary>
internal static class InputFile
{
    // As many as Linux follows.
    private const int MaxLinks = 40;
    private const int PipeBuffer = 1 << 16;
    private const string Missing = "a link to a file that is not there";

    /// <summary>Opens a regular file.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">The most bytes it may have.</param>
    /// <exception cref="InputFileException">It is empty, a folder, a pipe or a device, a link to nothing, or too large.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path, long maxBytes = long.MaxValue) => Open(path, maxBytes, FileOptions.None);

    private static FileStream Open(string path, long maxBytes, FileOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check(path, maxBytes);
        var stream = new FileStream(path, new FileStreamOptions { Options = options });
        try
        {
            // Something else may lie there by now.
            if (!stream.CanSeek)
                throw new InputFileException(path, "a pipe or a device, not a file");
            CheckLength(path, stream.Length, maxBytes);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole regular file.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">The most bytes it may have.</param>
    /// <exception cref="InputFileException">It is empty, a folder, a pipe or a device, a link to nothing, or too large.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path, long maxBytes)
    {
        using FileStream stream = Open(path, Math.Min(maxBytes, Array.MaxLength));
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads a whole regular file as <see cref="ReadAllBytes"/> does, without holding a thread while the disk works.</summary>
    /// <inheritdoc cref="ReadAllBytes"/>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">The most bytes it may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<byte[]> ReadAllBytesAsync(string path, long maxBytes, CancellationToken cancellation = default)
    {
        FileStream stream = Open(path, Math.Min(maxBytes, Array.MaxLength), FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            return bytes;
        }
    }

    /// <summary>
    /// Reads a file, a pipe or a device that a person named on purpose, such as <c>/dev/stdin</c>. A pipe is waited for as
    /// long as somebody may still write to it.
    /// </summary>
    /// <param name="path">What to read.</param>
    /// <param name="maxBytes">The most bytes that may come.</param>
    /// <exception cref="InputFileException">It is a folder, a link to nothing or to a pipe, or more bytes come.</exception>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadGiven(string path, long maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        maxBytes = Math.Min(maxBytes, Array.MaxLength);
        FileAttributes attributes = Attributes(path);
        if ((attributes & FileAttributes.Directory) != 0)
            throw new InputFileException(path, "a folder, not a file");
        // A link among files hides what it leads to; those of the system, such as /dev/stdin, are named for what they are.
        if ((attributes & FileAttributes.ReparsePoint) != 0 && RealPath(path) is var real && File.Exists(real) && !IsOfTheSystem(path))
            CheckLength(path, new FileInfo(real).Length, maxBytes);
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.CanSeek)
                CheckLength(path, stream.Length, maxBytes);
            return ReadToEnd(stream, path, maxBytes);
        }
        catch (FileNotFoundException error)
        {
            throw new InputFileException($"{path}: {Missing}", error);
        }
    }

    /// <summary>Reads a stream of unknown length to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxBytes">The most bytes that may come.</param>
    /// <exception cref="InputFileException">More bytes come.</exception>
    public static byte[] ReadToEnd(Stream stream, string name, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        var buffer = new byte[PipeBuffer];
        for (int count; (count = stream.Read(buffer)) > 0; bytes.Write(buffer, 0, count))
            if (bytes.Length + count > maxBytes)
                throw new InputFileException(name, $"more than {maxBytes} bytes, the limit");
        return bytes.ToArray();
    }

    /// <summary>Reads a stream of unknown length to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxBytes">The most bytes that may come.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InputFileException">More bytes come.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended.</exception>
    public static async Task<byte[]> ReadToEndAsync(Stream stream, string name, long maxBytes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        var buffer = new byte[PipeBuffer];
        for (int count; (count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; bytes.Write(buffer, 0, count))
            if (bytes.Length + count > maxBytes)
                throw new InputFileException(name, $"more than {maxBytes} bytes, the limit");
        return bytes.ToArray();
    }

    /// <summary>The path with every link in it followed, those of the folders above as well. What it leads to need not be there.</summary>
    /// <exception cref="InputFileException">The links lead in a circle.</exception>
    public static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string done = Path.GetPathRoot(full)!;
        var rest = new Stack<string>();
        Push(full[done.Length..]);
        int links = 0;
        while (rest.TryPop(out string? name))
        {
            if (name is "" or ".")
                continue;
            if (name == "..")
            {
                done = Path.GetDirectoryName(done) ?? done;
                continue;
            }
            string next = Path.Combine(done, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }
            if (++links > MaxLinks)
                throw new InputFileException(path, "a link that leads in a circle");
            string root = Path.GetPathRoot(target)!;
            done = root.Length > 0 ? root : done;
            Push(target[root.Length..]);
        }
        return done;

        void Push(string names)
        {
            string[] parts = names.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
            for (int i = parts.Length - 1; i >= 0; i--)
                rest.Push(parts[i]);
        }
    }

    private static void Check(string path, long maxBytes)
    {
        FileAttributes attributes = Attributes(path);
        if ((attributes & FileAttributes.Directory) != 0)
            throw new InputFileException(path, "a folder, not a file");
        string real = path;
        if ((attributes & FileAttributes.ReparsePoint) != 0)
        {
            real = RealPath(path);
            // Linux links /dev/stdin to what is no path, such as pipe:[1234].
            if (!File.Exists(real))
                throw new InputFileException(path, real.EndsWith(']') && real.Contains(":[", StringComparison.Ordinal) ? "a pipe, not a file" : Missing);
        }
        CheckLength(path, new FileInfo(real).Length, maxBytes);
    }

    private static bool IsOfTheSystem(string path) =>
        Path.GetFullPath(path) is var full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));

    private static FileAttributes Attributes(string path)
    {
        try
        {
            return File.GetAttributes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"there is no file {path}", path, error);
        }
    }

    private static void CheckLength(string path, long length, long maxBytes)
    {
        // .NET does not tell files from pipes, devices and sockets, but those have no length.
        if (length == 0)
            throw new InputFileException(path, "an empty file, or a pipe or a device");
        if (length > maxBytes)
            throw new InputFileException(path, $"{length} bytes are over the limit of {maxBytes}");
    }
}
