using System.Numerics.Tensors;

namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.SiLU"/>.</summary>
internal sealed class SiLUOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass)
    {
        TensorPrimitives.Sigmoid(slice.Input(), slice.Output);
        TensorPrimitives.Multiply(slice.Output, slice.Input(), slice.Output);
    }

    /// <summary>With s = sigmoid(x): ∂L/∂x = g · (s + y (1 − s)), which lies s of the way from y to 1.</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        Span<float> inputGradient = slice.InputGradient();
        TensorPrimitives.Sigmoid(slice.Input(), inputGradient);
        TensorPrimitives.Lerp(slice.Output, 1f, inputGradient, inputGradient);
        TensorPrimitives.Multiply(inputGradient, slice.OutputGradient, inputGradient);
    }
}
