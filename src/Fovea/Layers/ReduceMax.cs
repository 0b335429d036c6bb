namespace Fovea.Layers;

/// <summary>
/// The largest number along some dimensions, NaN if one is; see <see cref="Reduction"/> for shapes. Backward, the whole gradient
/// goes to the first element that is largest, as with PyTorch's <c>max</c> over one dimension; its <c>amax</c> would share it
/// among equal ones.
/// </summary>
public sealed record ReduceMax : Reduction
{
    /// <summary>Describes a maximum.</summary>
    /// <param name="dimensions">The dimensions of a sample that are reduced; negative ones count from the end. None are all.</param>
    /// <param name="keepDimensions">Whether reduced dimensions stay, with size 1.</param>
    public ReduceMax(ReadOnlySpan<int> dimensions = default, bool keepDimensions = false) : base(dimensions, keepDimensions) { }
}
