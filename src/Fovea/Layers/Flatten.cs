using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>(C, H, W) to (C · H · W): the feature maps one after the other as a vector.</summary>
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => new(inputs[0].Length);
}
