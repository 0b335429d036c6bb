using Fovea.Data;
using Fovea.Imaging;

namespace Fovea.Runs.Prediction;

/// <summary>Reads images named on the command line.</summary>
public static class PredictionInput
{
    /// <summary>What names the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The image in a file or pipe, or on the standard input if its name is <c>-</c>; says what was passed over in it.</summary>
    /// <exception cref="ImageFormatException">The content cannot be read.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static Image Read(string path, Func<Stream>? openInput = null, IProgress<RunEvent>? progress = null)
    {
        byte[] bytes = ReadBytes(path, openInput);
        try
        {
            Image image = ImageFile.Decode(bytes);
            if (image.Notes.Count > 0)
                progress.Say($"{path}: {string.Join(", ", image.Notes)}");
            return image;
        }
        catch (ImageFormatException error)
        {
            throw new ImageFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>The bytes of a image file, of a pipe that was named on purpose, or of the standard input.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read, or it is larger than a image may be.</exception>
    public static byte[] ReadBytes(string path, Func<Stream>? openInput = null)
    {
        long limit = ImageLimits.Default.MaxFileBytes;
        if (path != StandardInput)
            return InputFile.ReadGiven(path, limit);
        using Stream input = openInput?.Invoke() ?? Stream.Null;
        return InputFile.ReadToEnd(input, "the standard input", limit);
    }
}
