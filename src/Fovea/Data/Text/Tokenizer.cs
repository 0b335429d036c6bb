using System.Globalization;
using System.Text;

namespace Fovea.Data.Text;

/// <summary>
/// Cuts a text into words: runs of letters, marks and digits in lower case. An apostrophe belongs to the word it is in, but
/// <c>n't</c> is a word of its own, since it turns the meaning of others; so are <c>!</c> and <c>?</c>, and every character of
/// scripts that put no spaces between words. All else separates.
/// </summary>
public static class Tokenizer
{
    private const int LongestWord = 64;

    /// <summary>The words of a text, in order.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Words of at most 64 characters; longer ones are cut into several.</returns>
    public static List<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (Rune rune in ComposedText.Of(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || IsMark(rune))
            {
                if (HasNoSpaces(rune.Value))
                    End();
                word.Append(Rune.ToLowerInvariant(rune));
                if (HasNoSpaces(rune.Value) || word.Length >= LongestWord)
                    End();
            }
            else if (rune.Value is '\'' or '’' && word.Length > 0)
                word.Append('\'');
            else
            {
                End();
                if (rune.Value is '!' or '?')
                    words.Add(rune.ToString());
            }
        }
        End();
        return words;

        void End()
        {
            string whole = word.ToString().TrimEnd('\'');
            word.Clear();
            if (whole.Length > 3 && whole.EndsWith("n't", StringComparison.Ordinal))
            {
                words.Add(whole[..^3]);
                words.Add("n't");
            }
            else if (whole.Length > 0)
                words.Add(whole);
        }
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Thai, Lao, Khmer and Myanmar, kana, and Chinese characters.</summary>
    private static bool HasNoSpaces(int code) =>
        code is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
