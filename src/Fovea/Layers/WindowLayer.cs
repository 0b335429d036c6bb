using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>A layer that slides a window over feature maps: convolutions and poolings.</summary>
public abstract record WindowLayer : Layer
{
    private protected WindowLayer(Size2 kernelSize, Size2 stride, Padding padding, Size2 dilation, bool ceil)
    {
        string layer = GetType().Name;
        KernelSize = kernelSize.RequirePositive(layer, "kernelSize");
        Stride = stride.RequirePositive(layer, "stride");
        Dilation = dilation.RequirePositive(layer, "dilation");
        Padding = padding.RequireNonNegative(layer);
        Ceil = ceil;
    }

    /// <summary>Height and width of the window in cells.</summary>
    public Size2 KernelSize { get; }

    /// <summary>How many pixels the window moves from one output to the next.</summary>
    public Size2 Stride { get; }

    /// <summary>Zeros around the input.</summary>
    public Padding Padding { get; }

    /// <summary>How many pixels lie from one cell of the window to the next.</summary>
    public Size2 Dilation { get; }

    /// <summary>Whether a last window that overhangs the edge counts; it uses the cells that exist.</summary>
    public bool Ceil { get; }

    /// <summary>The geometry for one input shape, the padding in numbers; a sequence (C, L) is a map of one row.</summary>
    /// <exception cref="ShapeException">The window does not fit in the input.</exception>
    internal Window WindowFor(Shape input)
    {
        (int top, int bottom) = Pad(input.Height, KernelSize.Height, Stride.Height, Dilation.Height, Padding.Top, Padding.Bottom);
        (int left, int right) = Pad(input.Width, KernelSize.Width, Stride.Width, Dilation.Width, Padding.Left, Padding.Right);
        var window = new Window
        {
            InputHeight = input.Height,
            InputWidth = input.Width,
            KernelHeight = KernelSize.Height,
            KernelWidth = KernelSize.Width,
            StrideHeight = Stride.Height,
            StrideWidth = Stride.Width,
            DilationHeight = Dilation.Height,
            DilationWidth = Dilation.Width,
            PadTop = top,
            PadLeft = left,
            PadBottom = bottom,
            PadRight = right,
            Ceil = Ceil,
        };
        return window.OutputHeight > 0 && window.OutputWidth > 0
            ? window
            : throw new ShapeException($"{GetType().Name}: a window of {window.SpanHeight}×{window.SpanWidth} pixels does not fit in {input} with padding {Padding}");
    }

    private (int Before, int After) Pad(int input, int kernel, int stride, int dilation, int before, int after)
    {
        if (!Padding.IsSame)
            return (before, after);
        int outputs = (input + stride - 1) / stride;
        int total = Math.Max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - input);
        return (total / 2, total - total / 2);
    }
}
