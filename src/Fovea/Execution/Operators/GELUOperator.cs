using Fovea.Kernels;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.GELU"/>.</summary>
internal sealed class GELUOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) => Gelu.Forward(slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            Gelu.Backward(slice.Input(), slice.OutputGradient, slice.InputGradient());
    }
}
