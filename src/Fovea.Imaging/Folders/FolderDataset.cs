using System.Buffers;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Imaging.Folders;

/// <summary>Images of a folder as labelled images of one size, and which file each was.</summary>
public sealed class FolderDataset : IDataset, IContentHash
{
    private readonly PixelCache _cache;
    private readonly int[] _slots;
    private readonly int[] _labels;
    private readonly string[] _files;
    private readonly UInt128[] _hashes;

    internal FolderDataset(string name, Shape shape, IReadOnlyList<string> classNames, PixelCache cache, int[] slots, int[] labels, string[] files, UInt128[] hashes)
    {
        Name = name;
        ImageShape = shape;
        ClassNames = classNames;
        (_cache, _slots, _labels, _files, _hashes) = (cache, slots, labels, files, hashes);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _slots.Length;

    /// <inheritdoc/>
    public Shape ImageShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Label(int index) => _labels[index];

    /// <summary>The image's path below the data set's folder.</summary>
    public string File(int index) => _files[index];

    /// <summary>A hash of the file's bytes (the first half of SHA-256): equal for equal files only.</summary>
    public UInt128 ContentHash(int index) => _hashes[index];

    string IContentHash.NameOf(int index) => _files[index];

    /// <summary>The bytes of one image, (C, H, W).</summary>
    /// <exception cref="IOException">They were put on the disk and cannot be read.</exception>
    public ReadOnlySpan<byte> Pixels(int index) => _cache.Read(_slots[index], new byte[ImageShape.Length]);

    /// <inheritdoc/>
    /// <exception cref="IOException">The bytes were put on the disk and cannot be read.</exception>
    public void Read(int index, Span<float> pixels)
    {
        if (pixels.Length != ImageShape.Length)
            throw new ArgumentException($"an image of {ImageShape} takes {ImageShape.Length} floats, got {pixels.Length}", nameof(pixels));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(pixels.Length);
        ReadOnlySpan<byte> bytes = _cache.Read(_slots[index], buffer);
        System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(bytes, pixels);
        System.Numerics.Tensors.TensorPrimitives.Multiply(pixels, 1f / 255, pixels);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
