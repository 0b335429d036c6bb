using System.Text;
using Fovea.Data;

namespace Fovea.Runs.Prediction;

/// <summary>Reads texts, one a line.</summary>
public static class TextLines
{
    private const long MaxBytes = 1 << 28;

    /// <summary>The lines of a file or pipe that are not empty, or of the standard input if its name is <c>-</c>.</summary>
    /// <exception cref="DataFormatException">The file is no text.</exception>
    /// <exception cref="IOException">There is no such file, it cannot be read, or it has more than 256 MiB.</exception>
    public static IEnumerable<string> Read(string path, Func<Stream>? openInput)
    {
        byte[] bytes = Bytes(path, openInput);
        using var reader = new StreamReader(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        while (Next(reader, path) is { } line)
            if (!string.IsNullOrWhiteSpace(line))
                yield return line;
    }

    private static byte[] Bytes(string path, Func<Stream>? openInput)
    {
        if (path != PredictionInput.StandardInput)
            return InputFile.ReadGiven(path, MaxBytes);
        using Stream input = openInput?.Invoke() ?? Stream.Null;
        return InputFile.ReadToEnd(input, "the standard input", MaxBytes);
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{Printable.Escape(path)} is no text in UTF-8", e);
        }
    }
}
