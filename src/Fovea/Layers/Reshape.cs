using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The same elements in the same order as a tensor of another shape: (C, H, W) to (C · H, W), (F) to (C, L), any to any.</summary>
public sealed record Reshape : Layer
{
    private readonly int[] _sizes;

    /// <summary>Describes a reshaping.</summary>
    /// <param name="sizes">The sizes of one output sample; one of them may be −1, for what the others leave.</param>
    /// <exception cref="ArgumentException">A size is neither positive nor −1, two are −1, or there are more than six.</exception>
    public Reshape(params ReadOnlySpan<int> sizes)
    {
        _sizes = sizes.ToArray();
        if (_sizes.Length > Shape.MaxSampleRank || Array.Exists(_sizes, size => size is 0 or < -1) || _sizes.Count(size => size == -1) > 1)
            throw new ArgumentException($"Reshape: sizes must be positive, at most one of them -1, and at most {Shape.MaxSampleRank}, got ({string.Join(", ", _sizes)})");
    }

    /// <summary>The sizes of one output sample, −1 for what the others leave.</summary>
    public IReadOnlyList<int> Sizes => Array.AsReadOnly(_sizes);

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        int length = inputs[0].Length;
        long given = _sizes.Aggregate(1L, (product, size) => size == -1 ? product : Math.Min(product * size, int.MaxValue));
        if (Array.Exists(_sizes, size => size == -1) ? length % given != 0 : length != given)
            throw new ShapeException($"Reshape: the {length} elements of {inputs[0]} do not make ({string.Join(", ", _sizes)})");
        return new Shape([.. _sizes.Select(size => size == -1 ? (int)(length / given) : size)]);
    }

    /// <inheritdoc/>
    public bool Equals(Reshape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override int GetHashCode() => _sizes.Aggregate(_sizes.Length, HashCode.Combine);
}
