using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="LeakyReLU"/>.</summary>
internal sealed class LeakyReLUOperator(LeakyReLU layer, OperatorContext context) : Operator(context)
{
    private readonly float _slope = (float)layer.NegativeSlope;

    public override void Forward(in Slice slice, int pass) =>
        LeakyRectifier.ScaleUnlessPositive(slice.Input(), _slope, slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            LeakyRectifier.ScaleUnlessPositive(slice.Input(), _slope, slice.OutputGradient, slice.InputGradient());
    }
}
