using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// exp(xᵢ) / Σⱼ exp(xⱼ) along a dimension, numbers to probabilities: over the channels unless another dimension is given,
/// that is (F) to (F), or (C, H, W) pixel by pixel. Any shape to itself.
/// </summary>
public sealed record Softmax : Layer
{
    /// <summary>Describes a softmax.</summary>
    /// <param name="dimension">The dimension of a sample along which probabilities sum to 1; negative ones count from the end.</param>
    public Softmax(int dimension = 0) => Dimension = dimension;

    /// <summary>The dimension of a sample along which probabilities sum to 1; negative ones count from the end.</summary>
    public int Dimension { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        _ = AxisOf(inputs[0]);
        return inputs[0];
    }

    internal Axis AxisOf(Shape input) => Axis.Of("Softmax", Dimension, input);

    /// <summary>Whether all numbers of a sample are one distribution.</summary>
    internal bool IsOverAll(Shape input) => AxisOf(input).Size == input.Length;
}
