using Fovea.Imaging;

namespace Fovea.Cli.Running;

/// <summary>Reads images named on the command line.</summary>
internal static class PictureInput
{
    /// <summary>What names the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The image in a file, or on the standard input if its name is <c>-</c>.</summary>
    /// <exception cref="ImageFormatException">The content cannot be read.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static Image Read(string path, Terminal terminal)
    {
        byte[] bytes = ReadBytes(path, terminal);
        try
        {
            return ImageFile.Decode(bytes);
        }
        catch (ImageFormatException error)
        {
            throw new ImageFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The bytes of a file, or of the standard input.</summary>
    /// <exception cref="ImageFormatException">They are too many, or none.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static byte[] ReadBytes(string path, Terminal terminal)
    {
        if (path != StandardInput)
            return File.Exists(path) ? ImageFile.ReadBytes(path)
                : throw new FileNotFoundException(Directory.Exists(path) ? $"{path} is a folder, not a picture" : $"there is no file {path}");
        using Stream input = terminal.OpenInput();
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        // One byte over the limit is enough for the reader to refuse the rest.
        for (int count; bytes.Length <= ImageLimits.Default.MaxFileBytes && (count = input.Read(buffer)) > 0;)
            bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }
}
