using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Some elements of its input, in the order in which they lie, as a tensor of their own: where a network has several inputs,
/// or a node several outputs, each is a part of one value.
/// </summary>
public sealed record Part : Layer
{
    /// <summary>Describes a part.</summary>
    /// <param name="offset">How many elements lie before it.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="ArgumentException">The offset is negative, or the shape has more than six dimensions.</exception>
    public Part(int offset, Shape shape)
    {
        if (offset < 0)
            throw new ArgumentException($"Part: offset must be zero or more, got {offset}");
        if (shape.Rank > Shape.MaxSampleRank)
            throw new ArgumentException($"Part: a shape has at most {Shape.MaxSampleRank} dimensions, got {shape}");
        Offset = offset;
        Shape = shape;
    }

    /// <summary>How many elements lie before it.</summary>
    public int Offset { get; }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => (long)Offset + Shape.Length <= inputs[0].Length
        ? Shape
        : throw new ShapeException($"Part: elements {Offset} to {(long)Offset + Shape.Length - 1} are not all in {inputs[0]}, which has {inputs[0].Length}");
}
