namespace Fovea;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
internal static class Nearest
{
    private const int LongestName = 64;

    /// <summary>
    /// The known name that the fewest edits make of a word: characters added, left out, changed or swapped with their
    /// neighbour (Damerau, 1964), or a name that continues the word.
    /// </summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">The names there are.</param>
    /// <returns>Null if none is within a quarter of the word's length.</returns>
    public static string? Of(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (word.Length is 0 or > LongestName)
            return null;
        int most = Math.Max(1, word.Length / 4);
        string lower = word.ToLowerInvariant();
        (string Name, int Edits)? best = null;
        foreach (string name in known)
        {
            if (name.Length > LongestName)
                continue;
            string candidate = name.ToLowerInvariant();
            int edits = word.Length >= 3 && candidate.StartsWith(lower, StringComparison.Ordinal) ? Math.Min(1, candidate.Length - lower.Length) : Edits(lower, candidate);
            if (edits <= most && (best is null || (edits, name.Length).CompareTo((best.Value.Edits, best.Value.Name.Length)) < 0))
                best = (name, edits);
        }
        return best?.Name;
    }

    /// <summary>A question to put behind a wrong name, such as <c> (did you mean 'train'?)</c>; empty if no known name is near.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Question(string word, IEnumerable<string> known) => Of(word, known) is { } name ? $" (did you mean '{name}'?)" : "";

    /// <summary>The optimal string alignment distance.</summary>
    private static int Edits(string a, string b)
    {
        int[] before = new int[b.Length + 1], above = new int[b.Length + 1], row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            above[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                // Another digit is another thing rather than a slip.
                int change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : char.IsAsciiDigit(a[i - 1]) && char.IsAsciiDigit(b[j - 1]) ? 2 : 1);
                row[j] = Math.Min(change, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }
}
