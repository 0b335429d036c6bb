namespace Fovea.Serialization;

/// <summary>
/// A model or checkpoint file does not hold what its format asks for, or not what was asked of it. The message is one
/// line: which file, what is wrong, and what would be right.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>An exception that says only that a file is malformed.</summary>
    public ModelFormatException()
        : base("the model file is malformed")
    {
    }

    /// <summary>An exception with this message.</summary>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with this message and what caused it.</summary>
    public ModelFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the file is sound, but its network passes <see cref="Networks.ModelLimits"/>: those of one's own, or none, read it.</summary>
    public bool PassesLimits { get; internal init; }
}
