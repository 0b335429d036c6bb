using System.Numerics.Tensors;

namespace Fovea.Execution.Operators;

/// <summary>
/// Runs y = amplitude · tanh(slope · x): <see cref="Layers.Tanh"/> with 1 and 1, <see cref="Layers.ScaledTanh"/> with
/// 1.7159 and 2/3.
/// </summary>
internal sealed class TanhOperator(double amplitude, double slope, OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass)
    {
        Span<float> output = slice.Output;
        TensorPrimitives.Multiply(slice.Input(), (float)slope, output);
        TensorPrimitives.Tanh(output, output);
        TensorPrimitives.Multiply(output, (float)amplitude, output);
    }

    /// <summary>∂L/∂x = g · slope (amplitude − y² / amplitude).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        Span<float> inputGradient = slice.InputGradient();
        TensorPrimitives.Multiply(slice.Output, (float)(-slope / amplitude), inputGradient);
        TensorPrimitives.MultiplyAdd(inputGradient, slice.Output, (float)(slope * amplitude), inputGradient);
        TensorPrimitives.Multiply(inputGradient, slice.OutputGradient, inputGradient);
    }
}
