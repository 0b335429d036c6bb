using System.Numerics.Tensors;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.Sigmoid"/>.</summary>
internal sealed class SigmoidOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) => TensorPrimitives.Sigmoid(slice.Input(), slice.Output);

    /// <summary>∂L/∂x = g · y (1 − y).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        Span<float> inputGradient = slice.InputGradient();
        TensorPrimitives.Subtract(1f, slice.Output, inputGradient);
        TensorPrimitives.Multiply(inputGradient, slice.Output, inputGradient);
        TensorPrimitives.Multiply(inputGradient, slice.OutputGradient, inputGradient);
    }
}
