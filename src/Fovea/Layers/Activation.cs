using Fovea.Kernels.Elementwise;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>A layer that changes every element by itself and keeps the shape.</summary>
public abstract record Activation : Layer
{
    /// <summary>What is done to every element, which every engine then runs; null if it needs parameters, and so an operator of its own.</summary>
    internal virtual ElementwiseFunction? Function => null;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
}
