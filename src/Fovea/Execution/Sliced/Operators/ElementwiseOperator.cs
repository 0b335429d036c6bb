using Fovea.Kernels.Elementwise;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs every <see cref="Layers.Activation"/> without parameters.</summary>
internal sealed class ElementwiseOperator(ElementwiseFunction function, OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) => function.Forward(slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            function.Backward(slice.Input(), slice.Output, slice.OutputGradient, slice.InputGradient());
    }
}
