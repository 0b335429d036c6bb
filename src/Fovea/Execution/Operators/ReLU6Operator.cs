using System.Numerics.Tensors;
using Fovea.Kernels;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.ReLU6"/>.</summary>
internal sealed class ReLU6Operator(OperatorContext context) : Operator(context)
{
    private const float Ceiling = 6;

    public override void Forward(in Slice slice, int pass)
    {
        TensorPrimitives.Max(slice.Input(), 0f, slice.Output);
        TensorPrimitives.Min(slice.Output, Ceiling, slice.Output);
    }

    /// <summary>The output lies between the bounds where the input does, and on one of them elsewhere.</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            Elementwise.KeepWhereBetween(slice.Output, 0, Ceiling, slice.OutputGradient, slice.InputGradient());
    }
}
