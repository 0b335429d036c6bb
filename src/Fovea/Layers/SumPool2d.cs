using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The sum of every window, map by map: (C, H, W) to (C, H', W').</summary>
public sealed record SumPool2d : WindowLayer
{
    /// <summary>Describes a sum pooling.</summary>
    /// <param name="kernelSize">Height and width of the window.</param>
    /// <param name="stride">Step between windows; the window's size unless given.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="ceil">Whether a last window that overhangs the edge counts; it sums the cells that exist.</param>
    /// <exception cref="ArgumentException">A number is out of range; padding may be half the window at most.</exception>
    public SumPool2d(Size2 kernelSize, Size2? stride = null, Padding padding = default, bool ceil = false)
        : base(kernelSize, stride ?? kernelSize, padding, 1, ceil) => Pooling.RequireHalf(this);

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Pooling.OutputShape(this, inputs[0]);
}
