using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>A layer that changes every element by itself and keeps the shape.</summary>
public abstract record Activation : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
}
