namespace Fovea.Runs.Prediction;

/// <summary>
/// Patterns of file names as shells have them: <c>*</c>, <c>?</c>, sets such as <c>[abc]</c>, <c>[0-9]</c> and <c>[!a]</c>,
/// and alternatives such as <c>{png,jpg}</c>, which may hold further ones and separators of folders.
/// </summary>
internal static class GlobPattern
{
    private const int MaxAlternatives = 1000;

    /// <summary>Whether a text has anything in it that may stand for other characters.</summary>
    public static bool IsPattern(ReadOnlySpan<char> text) => text.IndexOfAny("*?[{") >= 0;

    /// <summary>Writes alternatives out: <c>a.{png,jpg}</c> is <c>a.png</c> and <c>a.jpg</c>. Braces without a comma stand for themselves.</summary>
    /// <returns>The text alone if it has no alternatives; nothing if they are too many.</returns>
    public static IReadOnlyList<string> Alternatives(string text)
    {
        var done = new List<string>();
        var open = new Stack<string>([text]);
        while (open.TryPop(out string? next))
        {
            if (done.Count + open.Count > MaxAlternatives)
                return [];
            if (FirstBraces(next) is not (var start, var commas, var end))
            {
                done.Add(next);
                continue;
            }
            // The last one first, since the stack turns them round.
            int[] cuts = [start, .. commas, end];
            for (int i = cuts.Length - 2; i >= 0; i--)
                open.Push($"{next[..start]}{next[(cuts[i] + 1)..cuts[i + 1]]}{next[(end + 1)..]}");
        }
        return done;
    }

    /// <summary>Whether a name, not a path, matches a pattern whose alternatives were written out.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, bool ignoreCase)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, n);
                continue;
            }
            if (p < pattern.Length && MatchesOne(pattern[p..], name[n], ignoreCase, out int length))
            {
                (p, n) = (p + length, n + 1);
                continue;
            }
            if (star < 0)
                return false;
            // The last star takes one character more; those before it need not.
            (p, n) = (star + 1, ++resume);
        }
        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, char c, bool ignoreCase, out int length)
    {
        length = 1;
        if (pattern[0] == '[' && EndOfSet(pattern) is > 0 and var end)
        {
            length = end + 1;
            bool isNegated = pattern[1] is '!' or '^';
            return IsInSet(pattern[(isNegated ? 2 : 1)..end], c, ignoreCase) != isNegated;
        }
        return pattern[0] == '?' || AreEqual(pattern[0], c, ignoreCase);
    }

    /// <summary>Where a set ends; 0 if it does not, and its bracket stands for itself. A bracket right at its beginning belongs to it.</summary>
    private static int EndOfSet(ReadOnlySpan<char> pattern)
    {
        int first = pattern.Length > 1 && pattern[1] is ('!' or '^') ? 3 : 2;
        return first < pattern.Length && pattern[first..].IndexOf(']') is >= 0 and var end ? first + end : 0;
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char c, bool ignoreCase)
    {
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (IsBetween(c, set[i], set[i + 2]) || ignoreCase && (IsBetween(char.ToUpperInvariant(c), set[i], set[i + 2]) || IsBetween(char.ToLowerInvariant(c), set[i], set[i + 2])))
                    return true;
                i += 2;
                continue;
            }
            if (AreEqual(set[i], c, ignoreCase))
                return true;
        }
        return false;
    }

    private static bool IsBetween(char c, char first, char last) => c >= first && c <= last;

    private static bool AreEqual(char one, char other, bool ignoreCase) =>
        one == other || ignoreCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other);

    /// <summary>The first braces with a comma of their own: where they begin, their commas, where they end.</summary>
    private static (int Start, List<int> Commas, int End)? FirstBraces(string text)
    {
        for (int start = text.IndexOf('{'); start >= 0; start = text.IndexOf('{', start + 1))
        {
            int depth = 0;
            List<int> commas = [];
            for (int i = start; i < text.Length; i++)
            {
                depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
                if (text[i] == ',' && depth == 1)
                    commas.Add(i);
                if (depth > 0)
                    continue;
                if (commas.Count > 0)
                    return (start, commas, i);
                break;
            }
        }
        return null;
    }
}
