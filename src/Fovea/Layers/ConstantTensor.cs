using Fovea.Initializers;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Numbers that no input changes: it takes no input and gives the same tensor for every sample. Value: the given shape.
/// A fixed one is stored with the model; a trainable one is learned, such as the positions of a sequence's elements.
/// </summary>
public sealed record ConstantTensor : Layer
{
    /// <summary>Describes a constant; the network's parameter <c>NAME.value</c> holds its numbers.</summary>
    /// <param name="shape">The shape of the tensor.</param>
    /// <param name="trainable">Whether its numbers learn.</param>
    /// <param name="init">What all of them start from.</param>
    /// <param name="bare">Whether the parameter is called as the node, <c>NAME</c>, as PyTorch's <c>nn.Parameter</c> is by its attribute.</param>
    /// <exception cref="ArgumentException">A size is not positive, there are more than six, or the start is not finite.</exception>
    public ConstantTensor(Shape shape, bool trainable = false, double init = 0, bool bare = false)
    {
        if (shape.Rank > Shape.MaxSampleRank)
            throw new ArgumentException($"ConstantTensor: a shape has at most {Shape.MaxSampleRank} dimensions, got {shape}");
        Shape = shape;
        Trainable = trainable;
        Init = Guard.Finite(init, "ConstantTensor: init");
        Bare = bare;
    }

    /// <summary>The shape of the tensor.</summary>
    public Shape Shape { get; }

    /// <summary>Whether its numbers learn.</summary>
    public bool Trainable { get; }

    /// <summary>What all of its numbers start from.</summary>
    public double Init { get; }

    /// <summary>Whether the parameter is called as the node rather than <c>NAME.value</c>.</summary>
    public bool Bare { get; }

    /// <inheritdoc/>
    public override int? InputCount => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterSpec> Parameters =>
        [new ParameterSpec(Bare ? "" : "value", Shape, new Constant((float)Init), 1, 1, Trainable ? ParameterRole.Bias : ParameterRole.Buffer)];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Shape;
}
