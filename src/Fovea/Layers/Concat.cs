using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Two or more inputs one after the other: the feature maps of all, (C₁, H, W), (C₂, H, W), … to (C₁ + C₂ + …, H, W), or
/// vectors (F₁), (F₂), … to (F₁ + F₂ + …).
/// </summary>
public sealed record Concat : Layer
{
    /// <inheritdoc/>
    public override int? InputCount => null;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape first = inputs[0];
        int channels = 0;
        foreach (Shape input in inputs)
        {
            if (input.Rank != first.Rank || input.Height != first.Height || input.Width != first.Width)
                throw new ShapeException($"Concat takes inputs that differ in their channels alone, got {first} and {input}");
            channels = checked(channels + input.Channels);
        }
        return first.IsMaps ? new Shape(channels, first.Height, first.Width) : new Shape(channels);
    }
}
