using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Two or more inputs one after the other along a dimension: the feature maps of all, (C₁, H, W), (C₂, H, W), … to
/// (C₁ + C₂ + …, H, W), unless another dimension is given. Shapes may have any rank and differ in that dimension alone;
/// numbers make a vector.
/// </summary>
public sealed record Concat : Layer
{
    /// <summary>Describes a concatenation.</summary>
    /// <param name="dimension">The dimension of a sample along which inputs follow each other; negative ones count from the end.</param>
    public Concat(int dimension = 0) => Dimension = dimension;

    /// <summary>The dimension of a sample along which inputs follow each other; negative ones count from the end.</summary>
    public int Dimension { get; }

    /// <inheritdoc/>
    public override int? InputCount => null;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape first = inputs[0];
        Axis axis = AxisOf(first);
        int size = 0;
        foreach (Shape input in inputs)
        {
            if (input.Rank != first.Rank || axis.Resize(input, 1) != axis.Resize(first, 1))
                throw new ShapeException($"Concat takes inputs that differ in dimension {axis.Dimension} alone, got {first} and {input}");
            size = checked(size + AxisOf(input).Size);
        }
        return axis.Resize(first, size);
    }

    internal Axis AxisOf(Shape input) => Axis.Of("Concat", Dimension, input);
}
