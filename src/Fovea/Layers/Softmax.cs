using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>exp(xᵢ) / Σⱼ exp(xⱼ) over the channels: numbers to probabilities. (F) to (F), or (C, H, W) pixel by pixel.</summary>
public sealed record Softmax : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => inputs[0];
}
