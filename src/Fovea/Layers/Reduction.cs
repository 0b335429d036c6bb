using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// One number of all those along some dimensions: (C, H, W) reduced over dimensions 1 and 2 is (C), or (C, 1, 1) if
/// dimensions are kept. Any rank; the derived record says which number.
/// </summary>
public abstract record Reduction : Layer
{
    private readonly int[] _dimensions;

    private protected Reduction(ReadOnlySpan<int> dimensions, bool keepDimensions) =>
        (_dimensions, KeepDimensions) = (dimensions.ToArray(), keepDimensions);

    /// <summary>The dimensions of a sample that are reduced; negative ones count from the end. None are all.</summary>
    public IReadOnlyList<int> Dimensions => Array.AsReadOnly(_dimensions);

    /// <summary>Whether reduced dimensions stay, with size 1.</summary>
    public bool KeepDimensions { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        bool[] reduced = ReducedIn(input);
        return new Shape([.. input.ToArray().Select((size, i) => reduced[i] ? 1 : size).Where((_, i) => KeepDimensions || !reduced[i])]);
    }

    /// <summary>Which dimensions of an input are reduced.</summary>
    /// <exception cref="ShapeException">It has no such dimension, or one is named twice.</exception>
    internal bool[] ReducedIn(Shape input)
    {
        bool[] reduced = new bool[Math.Max(1, input.Rank)];
        foreach (int dimension in _dimensions)
        {
            ref bool isReduced = ref reduced[Axis.Resolve(GetType().Name, dimension, input)];
            if (isReduced)
                throw new ShapeException($"{GetType().Name}: dimensions must differ, got ({string.Join(", ", _dimensions)}) for {input}");
            isReduced = true;
        }
        if (_dimensions.Length == 0)
            Array.Fill(reduced, true);
        return reduced[..input.Rank];
    }

    /// <inheritdoc/>
    public virtual bool Equals(Reduction? other) =>
        other is not null && EqualityContract == other.EqualityContract && KeepDimensions == other.KeepDimensions && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override int GetHashCode() => _dimensions.Aggregate(HashCode.Combine(EqualityContract, KeepDimensions), HashCode.Combine);
}
