namespace Fovea.Layers;

/// <summary>
/// The smallest number along some dimensions, NaN if one is; see <see cref="Reduction"/> for shapes. Backward, the whole gradient
/// goes to the first element that is smallest, as with PyTorch's <c>min</c> over one dimension; its <c>amin</c> would share it
/// among equal ones.
/// </summary>
public sealed record ReduceMin : Reduction
{
    /// <summary>Describes a minimum.</summary>
    /// <param name="dimensions">The dimensions of a sample that are reduced; negative ones count from the end. None are all.</param>
    /// <param name="keepDimensions">Whether reduced dimensions stay, with size 1.</param>
    public ReduceMin(ReadOnlySpan<int> dimensions = default, bool keepDimensions = false) : base(dimensions, keepDimensions) { }
}
