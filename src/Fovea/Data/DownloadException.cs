namespace Fovea.Data;

/// <summary>A file could not be fetched or stored. The message is one line: the address or path, and the reason.</summary>
public sealed class DownloadException : Exception
{
    /// <summary>An exception that says only that a download failed.</summary>
    public DownloadException()
        : base("the download failed")
    {
    }

    /// <summary>An exception with this message.</summary>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with this message and what caused it.</summary>
    public DownloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
