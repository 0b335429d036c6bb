using System.Collections.Immutable;
using System.Globalization;

namespace Fovea.Tensors;

/// <summary>
/// The sizes of a tensor's dimensions, outermost first. An activation's shape is that of one sample:
/// (C, H, W) for feature maps, (C, L) for a sequence, (F) for a vector, () for a number, or up to six dimensions of any
/// meaning; the batch dimension N is never part of it.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _sizes;
    private readonly int _length;

    /// <summary>The most dimensions of a sample.</summary>
    internal const int MaxSampleRank = 6;

    /// <summary>Makes a shape. An empty list is a scalar.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or the product passes 2³¹ − 1.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        long length = 1;
        foreach (int size in sizes)
        {
            if (size <= 0)
                throw new ArgumentException($"every size of a shape must be positive, got ({string.Join(", ", sizes.ToArray())})", nameof(sizes));
            length *= size;
            if (length > int.MaxValue)
                throw new ArgumentException($"a shape of ({string.Join(", ", sizes.ToArray())}) has more than {int.MaxValue} elements", nameof(sizes));
        }
        _sizes = [.. sizes];
        _length = (int)length;
    }

    /// <summary>How many elements there are: the product of the sizes, 1 for a scalar.</summary>
    public int Length => _sizes.IsDefault ? 1 : _length;

    /// <summary>How many dimensions there are.</summary>
    public int Rank => _sizes.IsDefault ? 0 : _sizes.Length;

    /// <summary>The size of one dimension.</summary>
    public int this[int dimension] => _sizes[dimension];

    /// <summary>
    /// Channels of an activation: its first dimension, 1 for a number. Whatever the rank, channels × <see cref="Height"/> ×
    /// <see cref="Width"/> is <see cref="Length"/>.
    /// </summary>
    public int Channels => Rank == 0 ? 1 : _sizes[0];

    /// <summary>Height of feature maps, 1 for all else.</summary>
    public int Height => Rank == 3 ? _sizes[1] : 1;

    /// <summary>Elements of a channel in a row: W of feature maps, L of a sequence, 1 for a vector, all dimensions but the first where there are more than three.</summary>
    public int Width => Rank switch
    {
        0 => 1,
        3 => _sizes[2],
        _ => Length / _sizes[0],
    };

    /// <summary>Whether this is (C, H, W): feature maps rather than a vector.</summary>
    public bool IsMaps => Rank == 3;

    /// <summary>The sizes as an array of its own.</summary>
    public int[] ToArray() => _sizes.IsDefault ? [] : [.. _sizes];

    /// <inheritdoc/>
    public bool Equals(Shape other) => Rank == other.Rank && (Rank == 0 || _sizes.AsSpan().SequenceEqual(other._sizes.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (int i = 0; i < Rank; i++)
            hash.Add(_sizes[i]);
        return hash.ToHashCode();
    }

    /// <summary>Whether all sizes are equal.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether any size differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The shape as PyTorch prints it: <c>(6, 28, 28)</c>.</summary>
    public override string ToString() =>
        "(" + string.Join(", ", ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture))) + ")";
}
