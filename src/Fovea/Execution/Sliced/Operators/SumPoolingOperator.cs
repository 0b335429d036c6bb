using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs the poolings that add up: <see cref="AvgPool2d"/>, <see cref="SumPool2d"/> and <see cref="GlobalAvgPool2d"/>.</summary>
internal sealed class SumPoolingOperator(Window window, float[] scales, OperatorContext context) : Operator(context)
{
    public static SumPoolingOperator For(SumPool2d layer, OperatorContext context)
    {
        Window window = layer.WindowFor(context.Input);
        return new SumPoolingOperator(window, [.. Enumerable.Repeat(1f, window.OutputArea)], context);
    }

    public static SumPoolingOperator For(AvgPool2d layer, OperatorContext context)
    {
        Window window = layer.WindowFor(context.Input);
        float[] scales = new float[window.OutputArea];
        for (int oh = 0, i = 0; oh < window.OutputHeight; oh++)
            for (int ow = 0; ow < window.OutputWidth; ow++, i++)
                scales[i] = 1f / (layer.CountIncludePad ? PaddedCells(window, oh, ow) : Cells(window, oh, ow));
        return new SumPoolingOperator(window, scales, context);
    }

    public static SumPoolingOperator ForAll(OperatorContext context)
    {
        Shape input = context.Input;
        var window = new AvgPool2d((input.Height, input.Width)).WindowFor(input);
        return new SumPoolingOperator(window, [1f / window.InputArea], context);
    }

    public override void Forward(in Slice slice, int pass) =>
        SumPooling.Forward(window, Context.Input.Channels, Context.Lanes, scales, slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            SumPooling.Backward(window, Context.Input.Channels, Context.Lanes, scales, slice.OutputGradient, slice.InputGradient());
    }

    /// <summary>The cells of a window that lie in the input.</summary>
    private static int Cells(Window window, int oh, int ow)
    {
        WindowRange rows = window.Rows(oh), columns = window.Columns(ow);
        return (rows.End - rows.First) * (columns.End - columns.First);
    }

    /// <summary>The cells of a window that lie in the input or its padding: all but what overhangs in ceil mode.</summary>
    private static int PaddedCells(Window window, int oh, int ow)
    {
        int top = oh * window.StrideHeight, left = ow * window.StrideWidth;
        int bottom = Math.Min(top + window.KernelHeight, window.PadTop + window.InputHeight + window.PadBottom);
        int right = Math.Min(left + window.KernelWidth, window.PadLeft + window.InputWidth + window.PadRight);
        return (bottom - top) * (right - left);
    }
}
