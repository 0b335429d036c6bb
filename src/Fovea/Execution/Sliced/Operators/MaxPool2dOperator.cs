using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="MaxPool2d"/>.</summary>
internal sealed class MaxPool2dOperator(MaxPool2d layer, OperatorContext context) : Operator(context)
{
    private readonly Window _window = layer.WindowFor(context.Input);

    public override void Forward(in Slice slice, int pass) =>
        MaxPooling.Forward(_window, Context.Input.Channels, Context.Lanes, slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            MaxPooling.Backward(_window, Context.Input.Channels, Context.Lanes, slice.Input(), slice.Output, slice.OutputGradient, slice.InputGradient());
    }
}
