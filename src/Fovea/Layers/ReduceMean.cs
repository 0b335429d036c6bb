namespace Fovea.Layers;

/// <summary>The mean along some dimensions, as PyTorch's <c>mean</c>; see <see cref="Reduction"/> for shapes.</summary>
public sealed record ReduceMean : Reduction
{
    /// <summary>Describes a mean.</summary>
    /// <param name="dimensions">The dimensions of a sample that are reduced; negative ones count from the end. None are all.</param>
    /// <param name="keepDimensions">Whether reduced dimensions stay, with size 1.</param>
    public ReduceMean(ReadOnlySpan<int> dimensions = default, bool keepDimensions = false) : base(dimensions, keepDimensions) { }
}
