namespace Fovea.Data;

/// <summary>
/// A data file does not hold what its format asks for. The message is one line: which file, what is wrong and what
/// would be right.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>An exception that says only that a file is malformed.</summary>
    public DataFormatException()
        : base("the data file is malformed")
    {
    }

    /// <summary>An exception with this message.</summary>
    public DataFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with this message and what caused it.</summary>
    public DataFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
