using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.ReLU"/>.</summary>
internal sealed class ReLUOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) => TensorPrimitives.Max(slice.Input(), 0f, slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            Elementwise.KeepWherePositive(slice.Output, slice.OutputGradient, slice.InputGradient());
    }
}
