using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Rbf"/>.</summary>
internal sealed class RbfOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) =>
        RadialBasis.Forward(Context.Lanes, slice.Input(), slice.Parameter(0), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsParameterGradient(0))
            RadialBasis.CenterGradient(Context.Lanes, slice.Input(), slice.Parameter(0), slice.OutputGradient, slice.ParameterGradient(0));
        if (slice.WantsInputGradient())
            RadialBasis.InputGradient(Context.Lanes, slice.Input(), slice.Parameter(0), slice.OutputGradient, slice.InputGradient());
    }
}
