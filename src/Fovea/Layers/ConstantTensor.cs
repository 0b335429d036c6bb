using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Numbers that no input changes: it takes no input and gives the same tensor for every sample. Value: the given shape.
/// A fixed one is stored with the model; a trainable one is learned, such as the positions of a sequence's elements.
/// </summary>
public sealed record ConstantTensor : Layer
{
    /// <summary>Describes a constant, which starts at zero; the network's parameter <c>NAME.value</c> holds its numbers.</summary>
    /// <param name="shape">The shape of the tensor.</param>
    /// <param name="trainable">Whether its numbers learn.</param>
    /// <exception cref="ArgumentException">A size is not positive, or there are more than six.</exception>
    public ConstantTensor(Shape shape, bool trainable = false)
    {
        if (shape.Rank > Shape.MaxSampleRank)
            throw new ArgumentException($"ConstantTensor: a shape has at most {Shape.MaxSampleRank} dimensions, got {shape}");
        Shape = shape;
        Trainable = trainable;
    }

    /// <summary>The shape of the tensor.</summary>
    public Shape Shape { get; }

    /// <summary>Whether its numbers learn.</summary>
    public bool Trainable { get; }

    /// <inheritdoc/>
    public override int? InputCount => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new ParameterSpec("value", Shape, new Constant(0), 1, 1, Trainable ? ParameterRole.Bias : ParameterRole.Buffer)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape;
}
