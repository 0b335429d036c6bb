using System.Text.RegularExpressions;

namespace Fovea.Runs;

/// <summary>Errors in words for people.</summary>
public static partial class ErrorText
{
    /// <summary>
    /// The rule for messages: one line, lower-case first letter, no full stop, and nothing of what .NET adds: the names of
    /// a method's parameters are nobody's business here.
    /// </summary>
    public static string OneLine(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string line = ParameterNames().Replace(message, "").ReplaceLineEndings(" ").TrimEnd('.', ' ');
        // A word, not the name of a file or of a type.
        string first = line.Split(' ', 2)[0];
        return first.Length > 1 && char.IsUpper(first[0]) && first.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0 ? char.ToLowerInvariant(line[0]) + line[1..] : line;
    }

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)|\s*Actual value was [^\r\n]*")]
    private static partial Regex ParameterNames();
}
