using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The mean of every feature map: (C, H, W) to (C, 1, 1), as PyTorch's <c>AdaptiveAvgPool2d(1)</c>. <see cref="Flatten"/>
/// makes a vector of it (Lin, Chen and Yan, "Network in network", 2014).
/// </summary>
public sealed record GlobalAvgPool2d : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => new(RequireMaps(inputs[0]).Channels, 1, 1);
}
