
namespace Fovea.Networks.Text;

/// <summary>A text does not describe a network. The message is one line: which line of the text, which node, what is wrong, and what would be right.</summary>
public sealed class NetworkTextException : Exception
{
    /// <summary>An exception that says only that a text describes no network.</summary>
    public NetworkTextException()
        : base("the text describes no network")
    {
    }

    /// <summary>An exception with this message.</summary>
    public NetworkTextException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with this message and what caused it.</summary>
    public NetworkTextException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception about a line; what the message quotes is cut and made safe to show.</summary>
    internal NetworkTextException(int line, string message, Exception? inner = null)
        : base($"line {line}{(message.StartsWith("node '", StringComparison.Ordinal) ? ", " : ": ")}{Printable.Shorten(message)}", inner) => Line = line;

    /// <summary>The number of the line, from 1; null where no single line is wrong.</summary>
    public int? Line { get; }
}
