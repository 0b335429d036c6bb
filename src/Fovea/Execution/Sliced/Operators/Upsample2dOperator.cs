using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Upsample2d"/>.</summary>
internal sealed class Upsample2dOperator(Upsample2d layer, OperatorContext context) : Operator(context)
{
    private readonly ResamplingAxis _rows = Axis(layer, context.Input.Height, context.Output.Height);
    private readonly ResamplingAxis _columns = Axis(layer, context.Input.Width, context.Output.Width);

    public override int ScratchLength => Resampling.ScratchLength(_columns, Context.Lanes);

    public override void Forward(in Slice slice, int pass) =>
        Resampling.Forward(_rows, _columns, Context.Lanes, slice.Input(), slice.Output, slice.Scratch);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            Resampling.Backward(_rows, _columns, Context.Lanes, slice.OutputGradient, slice.InputGradient(), slice.Scratch);
    }

    private static ResamplingAxis Axis(Upsample2d layer, int input, int output) => layer.Mode == UpsampleMode.Nearest
        ? ResamplingAxis.Nearest(input, output)
        : ResamplingAxis.Linear(input, output, layer.AlignCorners);
}
