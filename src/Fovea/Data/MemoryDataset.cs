using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Images held in memory as bytes, one after the other, each (C, H, W).</summary>
public sealed class MemoryDataset : IDataset
{
    private readonly byte[] _pixels;
    private readonly int[] _labels;

    /// <summary>Takes over the arrays without copying them.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="imageShape">(C, H, W) of every image.</param>
    /// <param name="classNames">The classes' names.</param>
    /// <param name="pixels">(N, C, H, W), 0 to 255.</param>
    /// <param name="labels">N indices into <paramref name="classNames"/>.</param>
    /// <exception cref="ArgumentException">Sizes do not fit together, or a label names no class.</exception>
    public MemoryDataset(string name, Shape imageShape, IReadOnlyList<string> classNames, byte[] pixels, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (!imageShape.IsMaps)
            throw new ArgumentException($"an image's shape is (C, H, W), got {imageShape}", nameof(imageShape));
        if (pixels.LongLength != (long)imageShape.Length * labels.Length)
            throw new ArgumentException($"{labels.Length} images of {imageShape} take {(long)imageShape.Length * labels.Length} bytes, got {pixels.LongLength}", nameof(pixels));
        foreach (int label in labels)
            if ((uint)label >= (uint)classNames.Count)
                throw new ArgumentException($"label {label} names no class; there are {classNames.Count}", nameof(labels));
        Name = name;
        ImageShape = imageShape;
        ClassNames = classNames;
        _pixels = pixels;
        _labels = labels;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public Shape ImageShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Label(int index) => _labels[index];

    /// <summary>The bytes of one image, (C, H, W).</summary>
    public ReadOnlySpan<byte> Pixels(int index) => _pixels.AsSpan(checked(index * ImageShape.Length), ImageShape.Length);

    /// <inheritdoc/>
    public void Read(int index, Span<float> pixels)
    {
        if (pixels.Length != ImageShape.Length)
            throw new ArgumentException($"an image of {ImageShape} takes {ImageShape.Length} floats, got {pixels.Length}", nameof(pixels));
        PixelConversion.ToFloat(Pixels(index), pixels, 1f / 255f, 0);
    }
}
