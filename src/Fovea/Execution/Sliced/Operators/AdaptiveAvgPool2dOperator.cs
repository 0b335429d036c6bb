using System.Numerics.Tensors;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="AdaptiveAvgPool2d"/>.</summary>
internal sealed class AdaptiveAvgPool2dOperator(OperatorContext context) : Operator(context)
{
    private readonly Range[] _rows = Windows(context.Input.Height, context.Output.Height);
    private readonly Range[] _columns = Windows(context.Input.Width, context.Output.Width);

    public override void Forward(in Slice slice, int pass)
    {
        int lanes = Context.Lanes;
        ReadOnlySpan<float> input = slice.Input();
        for (int c = 0, o = 0; c < Context.Input.Channels; c++)
            foreach (Range rows in _rows)
                foreach (Range columns in _columns)
                {
                    Span<float> mean = slice.Output.Slice(o, lanes);
                    mean.Clear();
                    for (int h = rows.Start.Value; h < rows.End.Value; h++)
                        for (int w = columns.Start.Value; w < columns.End.Value; w++)
                            TensorPrimitives.Add(mean, input.Slice(Offset(c, h, w), lanes), mean);
                    TensorPrimitives.Multiply(mean, Share(rows, columns), mean);
                    o += lanes;
                }
    }

    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        int lanes = Context.Lanes;
        Span<float> inputGradient = slice.InputGradient();
        inputGradient.Clear();
        for (int c = 0, o = 0; c < Context.Input.Channels; c++)
            foreach (Range rows in _rows)
                foreach (Range columns in _columns)
                {
                    ReadOnlySpan<float> gradient = slice.OutputGradient.Slice(o, lanes);
                    for (int h = rows.Start.Value; h < rows.End.Value; h++)
                        for (int w = columns.Start.Value; w < columns.End.Value; w++)
                        {
                            Span<float> pixel = inputGradient.Slice(Offset(c, h, w), lanes);
                            TensorPrimitives.MultiplyAdd(gradient, Share(rows, columns), pixel, pixel);
                        }
                    o += lanes;
                }
    }

    private int Offset(int c, int h, int w) => ((c * Context.Input.Height + h) * Context.Input.Width + w) * Context.Lanes;

    /// <summary>One divided by the pixels of a window.</summary>
    private static float Share(Range rows, Range columns) =>
        1f / ((rows.End.Value - rows.Start.Value) * (columns.End.Value - columns.Start.Value));

    /// <summary>From ⌊i · input / output⌋ to before ⌈(i + 1) · input / output⌉.</summary>
    private static Range[] Windows(int input, int output)
    {
        var windows = new Range[output];
        for (int i = 0; i < output; i++)
            windows[i] = (int)((long)i * input / output)..(int)(((i + 1L) * input + output - 1) / output);
        return windows;
    }
}
