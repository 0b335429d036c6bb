namespace Fovea.Layers;

/// <summary>The sum along some dimensions, as PyTorch's <c>sum</c>; see <see cref="Reduction"/> for shapes.</summary>
public sealed record ReduceSum : Reduction
{
    /// <summary>Describes a sum.</summary>
    /// <param name="dimensions">The dimensions of a sample that are reduced; negative ones count from the end. None are all.</param>
    /// <param name="keepDimensions">Whether reduced dimensions stay, with size 1.</param>
    public ReduceSum(ReadOnlySpan<int> dimensions = default, bool keepDimensions = false) : base(dimensions, keepDimensions) { }
}
