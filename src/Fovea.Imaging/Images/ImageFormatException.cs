namespace Fovea.Imaging;

/// <summary>
/// The one exception that readers of image files throw for bad content. Its message is one line that names what was
/// wrong and where; a file that merely cannot be opened throws <see cref="IOException"/> as usual.
/// </summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>A image file cannot be read.</summary>
    public ImageFormatException()
        : base("the image file cannot be read")
    {
    }

    /// <summary>A image file cannot be read, for the reason given.</summary>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>A image file cannot be read, for the reason given and because of another exception.</summary>
    public ImageFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
