using System.Security.Cryptography;
using System.Text;
using Fovea.Data.Text;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Labelled texts. Until a vocabulary is chosen for them, they can be told apart and split but not read.</summary>
public sealed class TextDataset : IDataset, IContentHash
{
    private readonly IReadOnlyList<string> _texts;
    private readonly IReadOnlyList<int> _labels;
    private readonly Lazy<UInt128[]> _hashes;

    /// <summary>Takes over the lists without copying them.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="texts">N texts.</param>
    /// <param name="labels">N indices into <paramref name="classNames"/>.</param>
    /// <param name="classNames">The classes' names.</param>
    /// <param name="preparation">How texts become numbers; null if that is still to be chosen.</param>
    /// <exception cref="ArgumentException">There are not as many labels as texts, or a label names no class.</exception>
    public TextDataset(string name, IReadOnlyList<string> texts, IReadOnlyList<int> labels, IReadOnlyList<string> classNames, TextPreparation? preparation = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (texts.Count != labels.Count)
            throw new ArgumentException($"{texts.Count} texts need as many labels, got {labels.Count}", nameof(labels));
        foreach (int label in labels)
            if ((uint)label >= (uint)classNames.Count)
                throw new ArgumentException($"label {label} names no class; there are {classNames.Count}", nameof(labels));
        (Name, _texts, _labels, ClassNames, Preparation) = (name, texts, labels, classNames, preparation);
        ImageShape = new Shape(preparation?.Length ?? 1);
        _hashes = new Lazy<UInt128[]>(() => [.. _texts.Select(HashOf)]);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _texts.Count;

    /// <summary>(L), the numbers that a text becomes.</summary>
    public Shape ImageShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>How texts become numbers; null if that is still to be chosen.</summary>
    public TextPreparation? Preparation { get; }

    /// <inheritdoc/>
    public int Label(int index) => _labels[index];

    /// <summary>A text.</summary>
    public string Text(int index) => _texts[index];

    /// <inheritdoc/>
    UInt128 IContentHash.ContentHash(int index) => _hashes.Value[index];

    /// <inheritdoc/>
    string IContentHash.NameOf(int index) => $"text {index + 1}";

    /// <summary>Writes a text's numbers.</summary>
    /// <exception cref="InvalidOperationException">No vocabulary has been chosen.</exception>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is of another length.</exception>
    public void Read(int index, Span<float> pixels) =>
        (Preparation ?? throw new InvalidOperationException($"{Name} has no vocabulary yet")).Encode(_texts[index], pixels);

    /// <summary>The texts of a data set or of subsets of one, with a vocabulary; null if they are none.</summary>
    public static TextDataset? Prepare(IDataset? dataset, TextPreparation preparation)
    {
        if (dataset is null || Find(dataset) is not { } source)
            return null;
        int[] indices = [.. Enumerable.Range(0, dataset.Count).Select(index => RootIndex(dataset, index))];
        return new TextDataset(dataset.Name, [.. indices.Select(source.Text)], [.. indices.Select(source.Label)], source.ClassNames, preparation);
    }

    /// <summary>The texts that a data set is made of, through subsets; null if it is none.</summary>
    public static TextDataset? Find(IDataset dataset)
    {
        while (dataset is Subset subset)
            dataset = subset.Source;
        return dataset as TextDataset;
    }

    /// <summary>The texts of a data set or of subsets of one.</summary>
    public static IEnumerable<string> Texts(IDataset dataset) => Find(dataset) is { } source
        ? Enumerable.Range(0, dataset.Count).Select(index => source.Text(RootIndex(dataset, index))) : [];

    private static int RootIndex(IDataset dataset, int index)
    {
        for (; dataset is Subset subset; dataset = subset.Source)
            index = subset.Indices[index];
        return index;
    }

    /// <summary>Equal for texts of the same words.</summary>
    private static UInt128 HashOf(string text) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', Tokenizer.Words(text)))));
}
