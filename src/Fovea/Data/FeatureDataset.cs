using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Vectors of features in the place of images, held in memory, every sample in as many variants as were made of it.</summary>
internal sealed class FeatureDataset : IDataset
{
    private readonly IDataset _images;
    private readonly Action<int, Span<float>> _read;
    private readonly int _variants;

    /// <summary>Features of images.</summary>
    /// <param name="images">Whose they are.</param>
    /// <param name="features">How many numbers a vector has.</param>
    /// <param name="variants">How many vectors there are of every image.</param>
    /// <param name="read">Writes the vector of a number, which is that of the image times <paramref name="variants"/> plus that of the variant.</param>
    public FeatureDataset(IDataset images, int features, int variants, Action<int, Span<float>> read) =>
        (_images, ImageShape, _variants, _read) = (images, new Shape(features), variants, read);

    /// <inheritdoc/>
    public string Name => _images.Name;

    /// <inheritdoc/>
    public int Count => _images.Count * _variants;

    /// <summary>(F).</summary>
    public Shape ImageShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _images.ClassNames;

    /// <inheritdoc/>
    public int Label(int index) => _images.Label(index / _variants);

    /// <inheritdoc/>
    public void Read(int index, Span<float> pixels) => _read(index, pixels);
}
