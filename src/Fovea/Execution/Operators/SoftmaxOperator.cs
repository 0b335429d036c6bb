using System.Numerics.Tensors;

namespace Fovea.Execution.Operators;

/// <summary>
/// Runs <see cref="Layers.Softmax"/>. The channels are the outermost dimension, so the operator works on rows of all
/// pixels and lanes of one channel at once: maximum, exponentials, their sum, quotient.
/// </summary>
internal sealed class SoftmaxOperator(OperatorContext context) : Operator(context)
{
    private int Row => Context.Output.Length / Context.Output.Channels * Context.Lanes;

    public override int ScratchLength => 2 * Row;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        Span<float> output = slice.Output, most = slice.Scratch[..Row], sum = slice.Scratch.Slice(Row, Row);
        input[..Row].CopyTo(most);
        for (int c = 1; c < Context.Output.Channels; c++)
            TensorPrimitives.Max(most, input.Slice(c * Row, Row), most);
        sum.Clear();
        for (int c = 0; c < Context.Output.Channels; c++)
        {
            Span<float> row = output.Slice(c * Row, Row);
            TensorPrimitives.Subtract(input.Slice(c * Row, Row), most, row);
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Add(sum, row, sum);
        }
        for (int c = 0; c < Context.Output.Channels; c++)
            TensorPrimitives.Divide(output.Slice(c * Row, Row), sum, output.Slice(c * Row, Row));
    }

    /// <summary>∂L/∂xᵢ = yᵢ (gᵢ − Σⱼ gⱼ yⱼ).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        ReadOnlySpan<float> output = slice.Output, outputGradient = slice.OutputGradient;
        Span<float> inputGradient = slice.InputGradient(), dot = slice.Scratch[..Row];
        dot.Clear();
        for (int c = 0; c < Context.Output.Channels; c++)
            TensorPrimitives.MultiplyAdd(outputGradient.Slice(c * Row, Row), output.Slice(c * Row, Row), dot, dot);
        for (int c = 0; c < Context.Output.Channels; c++)
        {
            Span<float> row = inputGradient.Slice(c * Row, Row);
            TensorPrimitives.Subtract(outputGradient.Slice(c * Row, Row), dot, row);
            TensorPrimitives.Multiply(row, output.Slice(c * Row, Row), row);
        }
    }
}
