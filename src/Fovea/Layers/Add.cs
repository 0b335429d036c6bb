using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The sum of two or more inputs of one shape, element by element: where a shortcut meets its branch.</summary>
public sealed record Add : Layer
{
    /// <inheritdoc/>
    public override int? InputCount => null;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        foreach (Shape input in inputs)
            if (input != inputs[0])
                throw new ShapeException($"Add takes inputs of one shape, got {inputs[0]} and {input}");
        return inputs[0];
    }
}
