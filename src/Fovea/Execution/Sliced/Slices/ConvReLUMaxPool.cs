using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced;

/// <summary>
/// A convolution, its ReLU and 2 × 2 max pooling as one layer that only plans know: where nobody can ask for the
/// activations in between, they are never written.
/// </summary>
internal sealed record ConvReLUMaxPool(Conv2d Convolution, MaxPool2d Pooling) : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Pooling.OutputShape(Convolution.OutputShape(inputs));

    /// <summary>Whether a convolution, a ReLU and a pooling in a row can run as one.</summary>
    public static bool Suits(Conv2d convolution, MaxPool2d pooling) => Takes(convolution) && Halves(pooling);

    /// <summary>Whether these are convolutions that the fused kernels take.</summary>
    private static bool Takes(Conv2d layer)
    {
        int height = (layer.KernelSize.Height - 1) * layer.Dilation.Height, width = (layer.KernelSize.Width - 1) * layer.Dilation.Width;
        Padding padding = layer.Padding;
        return layer.Stride == 1 && (padding.IsSame
            || (Math.Max(padding.Top, padding.Bottom) <= height && Math.Max(padding.Left, padding.Right) <= width));
    }

    private static bool Halves(MaxPool2d layer) =>
        layer.KernelSize == 2 && layer.Stride == 2 && layer.Dilation == 1 && layer.Padding == default(Padding) && !layer.Ceil;
}
