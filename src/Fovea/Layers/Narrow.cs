using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Some neighbours along one dimension, as PyTorch's <c>narrow</c>: of (C, H, W) along dimension 1, rows start to before
/// start + length, (C, length, W). Any rank. What an operation gives in several pieces is a node a piece.
/// </summary>
public sealed record Narrow : Layer
{
    /// <summary>Describes a part of a dimension.</summary>
    /// <param name="dimension">The dimension of a sample that gets shorter; negative ones count from the end.</param>
    /// <param name="start">The first of its elements that is taken; negative ones count from the end.</param>
    /// <param name="length">How many are taken.</param>
    /// <exception cref="ArgumentException">The length is not positive.</exception>
    public Narrow(int dimension, int start, int length) =>
        (Dimension, Start, Length) = (dimension, start, Guard.AtLeastOne(length, "Narrow: length"));

    /// <summary>The dimension of a sample that gets shorter; negative ones count from the end.</summary>
    public int Dimension { get; }

    /// <summary>The first of its elements that is taken; negative ones count from the end.</summary>
    public int Start { get; }

    /// <summary>How many are taken.</summary>
    public int Length { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Axis axis = AxisOf(inputs[0]);
        long start = StartIn(axis);
        return start >= 0 && start + Length <= axis.Size
            ? inputs[0].Rank == 0 ? inputs[0] : axis.Resize(inputs[0], Length)
            : throw new ShapeException($"Narrow: {Length} elements from {Start} are not all in dimension {axis.Dimension} of {inputs[0]}, which has {axis.Size}");
    }

    internal Axis AxisOf(Shape input) => Axis.Of("Narrow", Dimension, input);

    /// <summary>The first element taken, counted from the beginning.</summary>
    internal int StartIn(Axis axis) => Start < 0 ? Start + axis.Size : Start;
}
