namespace Fovea.Data.Text;

/// <summary>
/// How a text becomes the numbers that a network takes: its words by <see cref="Tokenizer"/>, each by its number in a
/// vocabulary. 0 fills up what is shorter than the network's input, 1 stands for words that the vocabulary lacks; of a
/// longer text only the beginning is read.
/// </summary>
public sealed class TextPreparation
{
    /// <summary>The number of what fills up a short text.</summary>
    public const int Padding = 0;

    /// <summary>The number of a word that the vocabulary lacks.</summary>
    public const int Unknown = 1;

    /// <summary>The most words a vocabulary has.</summary>
    public const int MaxWords = 1 << 20;

    /// <summary>The most words of a text that are read.</summary>
    public const int MaxLength = 1 << 14;

    private const int FirstWord = 2;
    private readonly Dictionary<string, int> _numbers;

    /// <summary>A preparation with a vocabulary.</summary>
    /// <param name="words">The words; the first has the number 2.</param>
    /// <param name="length">The words of a text that are read.</param>
    /// <exception cref="ArgumentException">A word is there twice or empty, or there are too many; or the length is out of range.</exception>
    public TextPreparation(IEnumerable<string> words, int length)
    {
        Words = [.. words];
        if (length is < 1 or > MaxLength)
            throw new ArgumentException($"texts have from 1 to {MaxLength} words, got {length}", nameof(length));
        if (Words.Count > MaxWords)
            throw new ArgumentException($"a vocabulary has at most {MaxWords} words, got {Words.Count}", nameof(words));
        Length = length;
        _numbers = new Dictionary<string, int>(Words.Count, StringComparer.Ordinal);
        for (int i = 0; i < Words.Count; i++)
            if (string.IsNullOrEmpty(Words[i]) || Words[i].Any(char.IsControl) || !_numbers.TryAdd(Words[i], FirstWord + i))
                throw new ArgumentException($"the words of a vocabulary differ and have no control characters, got {Printable.Quote(Words[i] ?? "")} as word {i + 1}", nameof(words));
    }

    /// <summary>The words, the most frequent first.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The words of a text that are read: the length of the network's input.</summary>
    public int Length { get; }

    /// <summary>How many numbers there are: the words, padding and unknown.</summary>
    public int VocabularySize => FirstWord + Words.Count;

    /// <summary>Takes the most frequent words of texts as vocabulary, and as length that of the longest text.</summary>
    /// <param name="texts">The texts to learn from, and no others.</param>
    /// <param name="vocabulary">The most words.</param>
    /// <param name="leastLength">The shortest input.</param>
    /// <param name="mostLength">The longest input.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public static TextPreparation Of(IEnumerable<string> texts, int vocabulary, int leastLength, int mostLength)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int longest = leastLength;
        foreach (string text in texts)
        {
            List<string> words = Tokenizer.Words(text);
            longest = Math.Max(longest, words.Count);
            foreach (string word in words)
                counts[word] = counts.GetValueOrDefault(word) + 1;
        }
        // Of words that are equally frequent the alphabet decides, so that the order of texts does not.
        IEnumerable<string> frequent = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Take(Math.Min(vocabulary, MaxWords)).Select(count => count.Key);
        return new TextPreparation(frequent, Math.Min(longest, mostLength));
    }

    /// <summary>Writes a text's numbers.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="numbers">(<see cref="Length"/>), filled up with <see cref="Padding"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="numbers"/> is of another length.</exception>
    public void Encode(string text, Span<float> numbers)
    {
        if (numbers.Length != Length)
            throw new ArgumentException($"a text takes {Length} numbers, got {numbers.Length}", nameof(numbers));
        List<string> words = Tokenizer.Words(text);
        numbers.Clear();
        for (int i = 0; i < Math.Min(words.Count, Length); i++)
            numbers[i] = NumberOf(words[i]);
    }

    /// <summary>The number of a word.</summary>
    public int NumberOf(string word) => _numbers.GetValueOrDefault(word, Unknown);
}
