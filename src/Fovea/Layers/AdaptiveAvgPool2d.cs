using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The mean of windows that divide every map into a grid of a given size, whatever the input's: (C, H, W) to (C, H', W'),
/// as PyTorch's <c>AdaptiveAvgPool2d</c>. Output row oh is the mean of the rows from ⌊oh · H / H'⌋ to before
/// ⌈(oh + 1) · H / H'⌉, columns likewise: windows differ by a pixel where the sizes do not divide, and overlap. A larger
/// output than input repeats pixels.
/// </summary>
public sealed record AdaptiveAvgPool2d : Layer
{
    /// <summary>Describes an adaptive mean pooling.</summary>
    /// <param name="outputSize">Height and width of the output.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public AdaptiveAvgPool2d(Size2 outputSize) => OutputSize = outputSize.RequirePositive("AdaptiveAvgPool2d", "outputSize");

    /// <summary>Height and width of the output.</summary>
    public Size2 OutputSize { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) =>
        new(RequireMaps(inputs[0]).Channels, OutputSize.Height, OutputSize.Width);
}
