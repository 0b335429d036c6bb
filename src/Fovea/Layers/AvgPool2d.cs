using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The mean of every window, map by map: (C, H, W) to (C, H', W'). As PyTorch's <c>AvgPool2d</c>.</summary>
public sealed record AvgPool2d : WindowLayer
{
    /// <summary>Describes a mean pooling.</summary>
    /// <param name="kernelSize">Height and width of the window.</param>
    /// <param name="stride">Step between windows; the window's size unless given.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="ceil">Whether a last window that overhangs the padded edge counts; it divides by the cells it has.</param>
    /// <param name="countIncludePad">Whether the zeros of the padding count among the cells that a sum is divided by.</param>
    /// <exception cref="ArgumentException">A number is out of range; padding may be half the window at most.</exception>
    public AvgPool2d(Size2 kernelSize, Size2? stride = null, Padding padding = default, bool ceil = false, bool countIncludePad = true)
        : base(kernelSize, stride ?? kernelSize, padding, 1, ceil)
    {
        Pooling.RequireHalf(this);
        CountIncludePad = countIncludePad;
    }

    /// <summary>Whether the zeros of the padding count among the cells that a sum is divided by.</summary>
    public bool CountIncludePad { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Pooling.OutputShape(this, inputs[0]);
}
