namespace Fovea.Imaging.Preparing;

/// <summary>A image was read, but shows nothing that a model could judge. The message is one line that says why.</summary>
public sealed class UnusableImageException : Exception
{
    /// <summary>A image cannot be used.</summary>
    public UnusableImageException()
        : base("the image cannot be used")
    {
    }

    /// <summary>A image cannot be used, for the reason given.</summary>
    public UnusableImageException(string message)
        : base(message)
    {
    }

    /// <summary>A image cannot be used, for the reason given and because of another exception.</summary>
    public UnusableImageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
