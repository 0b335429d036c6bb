using System.Globalization;
using System.Text;

namespace Fovea;

/// <summary>
/// Text from files and their names, made safe to show. A file's name may hold anything but a slash, and so may the names
/// inside it: sequences that colour a terminal or set its title, line breaks that forge messages, marks that turn the
/// direction of writing round.
/// </summary>
internal static class Printable
{
    private const int LongestQuote = 80;

    /// <summary>
    /// The text with everything escaped that is not meant to be seen: controls and line breaks as <c>\n</c>, <c>\t</c> or
    /// <c>\u001B</c>, and likewise marks of direction, other invisible characters and halves of surrogate pairs.
    /// </summary>
    /// <param name="text">Any text; null counts as empty.</param>
    /// <returns>The text itself if nothing in it is to be escaped.</returns>
    public static string Escape(string? text)
    {
        text ??= "";
        for (int i = 0; i < text.Length; i += LengthAt(text, i))
            if (IsHidden(text, i))
                return EscapeFrom(text, i);
        return text;
    }

    /// <summary>Text out of a file, fit for a message: in quotes, of bounded length, on one line.</summary>
    public static string Quote(string text) => $"'{Shorten(text, LongestQuote)}'";

    /// <summary>The text made safe to show, cut to a length.</summary>
    public static string Shorten(string text, int longest = 1000) =>
        Escape(text.Length <= longest ? text : text[..longest] + "…");

    private static string EscapeFrom(string text, int start)
    {
        var result = new StringBuilder(text, 0, start, text.Length + 16);
        for (int i = start, length; i < text.Length; i += length)
        {
            length = LengthAt(text, i);
            if (!IsHidden(text, i))
                result.Append(text, i, length);
            else
                for (int k = 0; k < length; k++)
                    Append(result, text[i + k]);
        }
        return result.ToString();
    }

    private static void Append(StringBuilder result, char hidden) => _ = hidden switch
    {
        '\n' => result.Append("\\n"),
        '\r' => result.Append("\\r"),
        '\t' => result.Append("\\t"),
        _ => result.Append(CultureInfo.InvariantCulture, $"\\u{(int)hidden:X4}"),
    };

    private static int LengthAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>Joiners stay: they are part of how words and emoji are written.</summary>
    private static bool IsHidden(string text, int index) => text[index] is not ('\u200C' or '\u200D')
        && CharUnicodeInfo.GetUnicodeCategory(text, index) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}
