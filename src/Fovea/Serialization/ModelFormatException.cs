namespace Fovea.Serialization;

/// <summary>
/// A model or checkpoint file does not hold what its format asks for, or not what was asked of it. The message is one
/// line: which file, what is wrong, and what would be right.
/// </summary>
public sealed class ModelFormatException : Exception
{
    private const int LongestQuote = 80;

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

    /// <summary>Whether the file is sound, but its network passes <see cref="ModelLimits"/>: those of one's own, or none, read it.</summary>
    public bool PassesLimits { get; internal init; }

    /// <summary>Text out of a file, fit for a message: in quotes, of bounded length, on one line.</summary>
    internal static string Quote(string text) => $"'{OneLine(text, LongestQuote)}'";

    /// <summary>The text made safe to show, cut to a length.</summary>
    internal static string OneLine(string text, int longest = 1000) =>
        Printable.Escape(text.Length <= longest ? text : text[..longest] + "…");
}
