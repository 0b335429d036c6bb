using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Some samples of another data set, in an order of their own; nothing is copied.</summary>
public sealed class Subset : IDataset
{
    private readonly int[] _indices;

    /// <summary>The samples at these indices of <paramref name="source"/>; an index may occur more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index names no sample.</exception>
    public Subset(IDataset source, IEnumerable<int> indices, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _indices = [.. indices];
        foreach (int index in _indices)
            if ((uint)index >= (uint)source.Count)
                throw new ArgumentOutOfRangeException(nameof(indices), $"index {index} names no sample; {source.Name} has {source.Count}");
        Source = source;
        Name = name ?? source.Name;
    }

    /// <summary>The data set that the samples come from.</summary>
    public IDataset Source { get; }

    /// <summary>Where each sample stands in <see cref="Source"/>.</summary>
    public ReadOnlySpan<int> Indices => _indices;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public Shape ImageShape => Source.ImageShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => Source.ClassNames;

    /// <inheritdoc/>
    public int Label(int index) => Source.Label(_indices[index]);

    /// <inheritdoc/>
    public void Read(int index, Span<float> pixels) => Source.Read(_indices[index], pixels);
}
