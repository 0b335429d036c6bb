using System.Globalization;
using System.Text;

namespace Fovea.Data.Text;

/// <summary>
/// Unicode's canonical composition (Normalization Form C, Unicode Standard Annex 15): letter and accent become one
/// character, so that names are equal that look so, however a file system spells them. <see cref="string.Normalize()"/> does
/// nothing where globalisation is invariant, as it is in the <c>fovea</c> command.
/// </summary>
internal static class ComposedText
{
    // No character below it decomposes into others that compose again, or is a mark.
    private const int FirstMark = 0x300;
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> Canonical = new(Tables.Read);

    /// <summary>Takes texts for equal that are so in Normalization Form C.</summary>
    public static IEqualityComparer<string> Comparer { get; } = EqualityComparer<string>.Create(
        (one, other) => one == other || (one is not null && other is not null && Of(one) == Of(other)), text => Of(text).GetHashCode(StringComparison.Ordinal));

    /// <summary>The text in Normalization Form C; the text itself if nothing changes.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.All(c => c < FirstMark))
            return text;
        Tables tables = Canonical.Value;
        var runes = new List<int>();
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, runes, tables);
        Order(runes, tables);
        Compose(runes, tables);
        var composed = new StringBuilder(text.Length);
        foreach (int rune in runes)
            composed.Append(new Rune(rune));
        return composed.Equals(text) ? text : composed.ToString();
    }

    private static void Decompose(int rune, List<int> into, Tables tables)
    {
        int syllable = rune - HangulBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            into.Add(LeadBase + syllable / (Vowels * Tails));
            into.Add(VowelBase + syllable / Tails % Vowels);
            if (syllable % Tails > 0)
                into.Add(TailBase + syllable % Tails);
        }
        else if (tables.Parts.TryGetValue(rune, out (int First, int Second) parts))
        {
            Decompose(parts.First, into, tables);
            if (parts.Second != 0)
                Decompose(parts.Second, into, tables);
        }
        else
        {
            into.Add(rune);
        }
    }

    /// <summary>Marks behind a letter in the order of their classes; those of one class keep theirs.</summary>
    private static void Order(List<int> runes, Tables tables)
    {
        for (int i = 1; i < runes.Count; i++)
            for (int j = i; j > 0 && tables.ClassOf(runes[j]) is > 0 and var mark && tables.ClassOf(runes[j - 1]) > mark; j--)
                (runes[j], runes[j - 1]) = (runes[j - 1], runes[j]);
    }

    /// <summary>Joins every letter with the marks behind it that none of its class, or no letter, keeps it from.</summary>
    private static void Compose(List<int> runes, Tables tables)
    {
        int starter = -1, written = 0, last = 0;
        foreach (int rune in runes.ToArray())
        {
            int mark = tables.ClassOf(rune);
            // Next to the starter, or with only lower classes between.
            bool reaches = starter >= 0 && (written == starter + 1 || (last != 0 && last < mark));
            if (reaches && Join(runes[starter], rune, tables) is > 0 and var joined)
            {
                runes[starter] = joined;
                continue;
            }
            if (mark == 0)
                starter = written;
            last = mark;
            runes[written++] = rune;
        }
        runes.RemoveRange(written, runes.Count - written);
    }

    private static int Join(int first, int second, Tables tables)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels)
            return HangulBase + ((first - LeadBase) * Vowels + second - VowelBase) * Tails;
        if (first - HangulBase is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0 && second - TailBase is > 0 and < Tails)
            return first + second - TailBase;
        return tables.Joined.GetValueOrDefault((first, second));
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];

        public Dictionary<int, (int First, int Second)> Parts { get; } = [];

        public Dictionary<(int First, int Second), int> Joined { get; } = [];

        public int ClassOf(int rune) => _classes.GetValueOrDefault(rune);

        public static Tables Read()
        {
            var tables = new Tables();
            using var reader = new StreamReader(typeof(ComposedText).Assembly.GetManifestResourceStream("Fovea.canonical.txt")!);
            while (reader.ReadLine() is { Length: > 0 } line)
            {
                string[] words = line.TrimStart('-', '@').Split(' ');
                int[] codes = [.. words.Skip(line[0] == '@' ? 1 : 0).Select(word => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
                if (line[0] == '@')
                {
                    for (int rune = codes[0]; rune <= codes[1]; rune++)
                        tables._classes[rune] = byte.Parse(words[0], CultureInfo.InvariantCulture);
                    continue;
                }
                tables.Parts[codes[0]] = (codes[1], codes.Length > 2 ? codes[2] : 0);
                if (codes.Length > 2 && line[0] != '-')
                    tables.Joined[(codes[1], codes[2])] = codes[0];
            }
            return tables;
        }
    }
}
