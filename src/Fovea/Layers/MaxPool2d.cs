using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The largest pixel of every window, map by map: (C, H, W) to (C, H', W').</summary>
public sealed record MaxPool2d : WindowLayer
{
    /// <summary>Describes a max pooling.</summary>
    /// <param name="kernelSize">Height and width of the window.</param>
    /// <param name="stride">Step between windows; the window's size unless given.</param>
    /// <param name="padding">Border that never wins.</param>
    /// <param name="dilation">Step between cells of the window.</param>
    /// <param name="ceil">Whether a last window that overhangs the edge counts.</param>
    /// <exception cref="ArgumentException">A number is out of range; padding may be half the window at most.</exception>
    public MaxPool2d(Size2 kernelSize, Size2? stride = null, Padding padding = default, Size2? dilation = null, bool ceil = false)
        : base(kernelSize, stride ?? kernelSize, padding, dilation ?? 1, ceil) => Pooling.RequireHalf(this);

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Pooling.OutputShape(this, inputs[0]);
}

/// <summary>What the poolings share.</summary>
internal static class Pooling
{
    public static Shape OutputShape(WindowLayer layer, Shape input)
    {
        Kernels.Window window = layer.WindowFor(layer.RequireMaps(input));
        return new Shape(input.Channels, window.OutputHeight, window.OutputWidth);
    }

    /// <summary>With more padding than half a window, a window could lie in nothing but padding.</summary>
    public static void RequireHalf(WindowLayer layer)
    {
        Padding padding = layer.Padding;
        if (Math.Max(padding.Top, padding.Bottom) > layer.KernelSize.Height / 2 || Math.Max(padding.Left, padding.Right) > layer.KernelSize.Width / 2)
            throw new ArgumentException($"{layer.GetType().Name}: padding must be at most half the window of {layer.KernelSize}, got {padding}");
    }
}
