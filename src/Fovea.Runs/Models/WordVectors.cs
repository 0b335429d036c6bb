using System.Globalization;
using System.Text;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Runs.Models;

/// <summary>
/// Vectors of words from a file in the text format of word2vec (Mikolov et al., 2013) or GloVe (Pennington et al., 2014): a
/// word and its numbers a line, and in the former a first line with how many words and numbers there are. The file is read
/// line by line, and only vectors of a vocabulary's words are kept, so that it may be larger than memory.
/// </summary>
internal sealed class WordVectors
{
    private const int MaxLine = 1 << 18;
    private const int MaxDimension = 1 << 14;
    private readonly TextPreparation _vocabulary;
    private readonly string _name;

    /// <summary>The vectors by the words' numbers, and whether the file's word is the vocabulary's to the letter.</summary>
    private readonly Dictionary<int, (float[] Vector, bool IsExact)> _vectors = [];

    private WordVectors(string path, TextPreparation vocabulary) => (_name, _vocabulary) = (Printable.Escape(Path.GetFileName(path)), vocabulary);

    /// <summary>How many numbers a vector has.</summary>
    public int Dimension { get; private set; }

    /// <summary>How many words of the vocabulary have a vector.</summary>
    public int Found => _vectors.Count;

    /// <summary>
    /// Reads the vectors of a vocabulary's words. A word that is written with capitals only, such as a name, is that of the
    /// vocabulary in lower case; of several, the first counts, which is the most frequent in files of either kind.
    /// </summary>
    /// <exception cref="DataFormatException">A line is no word and its numbers, or the file ends before it should.</exception>
    /// <exception cref="RunException">It has none of the words.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WordVectors Read(string path, TextPreparation vocabulary, CancellationToken cancellation)
    {
        var vectors = new WordVectors(path, vocabulary);
        using FileStream file = InputFile.Open(path);
        // Some published files cut characters in two; such words are none of the vocabulary's.
        using var text = new StreamReader(file, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        long promised = 0, count = 0, number = 0;
        foreach (ReadOnlyMemory<char> whole in vectors.Lines(text))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<char> line = whole.Span.Trim(" \t\r");
            number++;
            if (line.IsEmpty)
                continue;
            if (count == 0 && promised == 0 && Header(line) is var (words, dimension))
                (promised, vectors.Dimension) = (words, vectors.Checked(dimension, number));
            else
            {
                vectors.Add(line, number);
                count++;
            }
        }
        if (count < promised)
            throw new DataFormatException($"{vectors._name} ends after {count} of the {promised} vectors that its first line promises; it may have been cut off");
        return vectors.Found > 0 ? vectors
            : throw new RunException($"{vectors._name} has {count} vectors, but none of a word of the vocabulary, which begins with {Printable.Escape(string.Join(", ", vocabulary.Words.Take(5)))}");
    }

    /// <summary>Writes the vectors into the layer of a network's word vectors; words that the file lacks keep theirs.</summary>
    public void CopyTo(Network network)
    {
        string name = network.Nodes.First(node => node.Layer is Embedding).Name + ".weight";
        Span<float> table = network.Parameters.Single(parameter => parameter.Name == name).Value.Span;
        foreach ((int word, (float[] vector, _)) in _vectors)
            vector.CopyTo(table[(word * Dimension)..]);
    }

    /// <summary>Words and numbers a vector, where a line has nothing else.</summary>
    private static (long Words, long Dimension)? Header(ReadOnlySpan<char> line) =>
        line.IndexOfAny(' ', '\t') is > 0 and var end
        && long.TryParse(line[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long words)
        && long.TryParse(line[end..].TrimStart(), NumberStyles.None, CultureInfo.InvariantCulture, out long dimension) ? (words, dimension) : null;

    private int Checked(long dimension, long line) => dimension is > 0 and <= MaxDimension ? (int)dimension
        : throw new DataFormatException($"{_name}, line {line}: vectors of {dimension} numbers; right would be a word and from 1 to {MaxDimension} numbers a line, as word2vec and GloVe write them");

    private void Add(ReadOnlySpan<char> line, long number)
    {
        int fields = Fields(line);
        if (Dimension == 0)
            Dimension = Checked(fields - 1, number);
        ReadOnlySpan<char> word = Next(ref line);
        if (fields != Dimension + 1)
        {
            // Words with spaces, such as ". . .", are in some published files; a vocabulary has none.
            if (fields > Dimension + 1 && !IsNumber(Next(ref line)))
                return;
            throw new DataFormatException($"{_name}, line {number}: {fields - 1} numbers, where {Dimension} would be right");
        }
        if (NumberOf(word.ToString()) is not var (index, isExact) || _vectors.TryGetValue(index, out var known) && (known.IsExact || !isExact))
            return;
        var vector = new float[Dimension];
        for (int i = 0; i < vector.Length; i++)
            if (Next(ref line) is var field && float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out vector[i]) && float.IsFinite(vector[i]))
                continue;
            else
                throw new DataFormatException($"{_name}, line {number}, number {i + 1}: {Printable.Quote(Printable.Shorten(field.ToString()))} is no number");
        _vectors[index] = (vector, isExact);
    }

    private (int Number, bool IsExact)? NumberOf(string word)
    {
        if (_vocabulary.NumberOf(word) is var number && number != TextPreparation.Unknown)
            return (number, true);
        return Tokenizer.Words(word) is [var lower] && _vocabulary.NumberOf(lower) is var other && other != TextPreparation.Unknown ? (other, false) : null;
    }

    private static bool IsNumber(ReadOnlySpan<char> field) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static int Fields(ReadOnlySpan<char> line)
    {
        int count = 0;
        while (!line.IsEmpty)
        {
            Next(ref line);
            count++;
        }
        return count;
    }

    /// <summary>The next field; what follows it is left.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> line)
    {
        int end = line.IndexOfAny(' ', '\t');
        ReadOnlySpan<char> field = end < 0 ? line : line[..end];
        line = end < 0 ? [] : line[end..].TrimStart(" \t");
        return field;
    }

    /// <summary>The lines, each in memory until the next one is asked for.</summary>
    private IEnumerable<ReadOnlyMemory<char>> Lines(StreamReader text)
    {
        var buffer = new char[MaxLine];
        int start = 0, end = 0;
        for (long number = 1; ; number++)
        {
            int length;
            int looked = 0;
            while ((length = buffer.AsSpan(start + looked, end - start - looked).IndexOf('\n')) < 0)
            {
                looked = end - start;
                buffer.AsSpan(start, looked).CopyTo(buffer);
                (start, end) = (0, looked);
                if (looked == buffer.Length)
                    throw new DataFormatException($"{_name}, line {number}: more than {MaxLine} characters; right would be a word and its numbers a line, as word2vec and GloVe write them as text");
                int read = text.Read(buffer, end, buffer.Length - end);
                if (buffer.AsSpan(end, read).Contains('\0'))
                    throw new DataFormatException($"{_name} is no text; right would be vectors in the text format of word2vec or GloVe, a word and its numbers a line");
                if (read == 0)
                {
                    if (looked > 0)
                        yield return buffer.AsMemory(0, looked);
                    yield break;
                }
                end += read;
            }
            length += looked;
            yield return buffer.AsMemory(start, length);
            start += length + 1;
        }
    }
}
