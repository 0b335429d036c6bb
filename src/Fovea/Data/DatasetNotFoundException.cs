namespace Fovea.Data;

/// <summary>
/// No data set has the name asked for, or its files are neither here nor to be had. The message is one line that
/// says what would help.
/// </summary>
public sealed class DatasetNotFoundException : Exception
{
    /// <summary>An exception that says only that a data set is missing.</summary>
    public DatasetNotFoundException()
        : base("the data set was not found")
    {
    }

    /// <summary>An exception with this message.</summary>
    public DatasetNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with this message and what caused it.</summary>
    public DatasetNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
