using System.Numerics.Tensors;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="LocalResponseNorm"/>. The channels are the outermost dimension, so the operator works on rows of all
/// pixels and lanes of one channel at once. With d the bracket of the formula, y = x · d^−beta; d is kept for backward.
/// </summary>
internal sealed class LocalResponseNormOperator(LocalResponseNorm layer, OperatorContext context) : Operator(context)
{
    private readonly int _row = context.Input.Height * context.Input.Width * context.Lanes;

    private int Channels => Context.Input.Channels;

    public override int ScratchLength => (Channels + 1) * _row;

    public override int StateLength => Context.HasBackward ? Channels * _row : 0;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        Span<float> output = slice.Output, squares = slice.Scratch[..(Channels * _row)], bracket = slice.Scratch[(Channels * _row)..];
        TensorPrimitives.Multiply(input, input, squares);
        for (int c = 0; c < Channels; c++)
        {
            Span<float> power = output.Slice(c * _row, _row);
            SumChannels(squares, c - layer.Size / 2, c + (layer.Size - 1) / 2, bracket);
            TensorPrimitives.Multiply(bracket, (float)(layer.Alpha / layer.Size), bracket);
            TensorPrimitives.Add(bracket, (float)layer.K, bracket);
            if (Context.HasBackward)
                bracket.CopyTo(slice.State[(c * _row)..]);
            TensorPrimitives.Pow(bracket, (float)-layer.Beta, power);
            TensorPrimitives.Multiply(power, input.Slice(c * _row, _row), power);
        }
    }

    /// <summary>∂L/∂xⱼ = gⱼ dⱼ^−beta − 2 alpha beta / size · xⱼ · Σ gᵢ yᵢ / dᵢ over the channels i whose window holds j.</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        ReadOnlySpan<float> input = slice.Input(), outputGradient = slice.OutputGradient, brackets = slice.State;
        Span<float> inputGradient = slice.InputGradient(), ratios = slice.Scratch[..(Channels * _row)], sum = slice.Scratch[(Channels * _row)..];
        TensorPrimitives.Multiply(outputGradient, slice.Output, ratios);
        TensorPrimitives.Divide(ratios, brackets, ratios);
        TensorPrimitives.Pow(brackets, (float)-layer.Beta, inputGradient);
        TensorPrimitives.Multiply(inputGradient, outputGradient, inputGradient);
        for (int c = 0; c < Channels; c++)
        {
            Span<float> row = inputGradient.Slice(c * _row, _row);
            SumChannels(ratios, c - (layer.Size - 1) / 2, c + layer.Size / 2, sum);
            TensorPrimitives.Multiply(sum, (float)(-2 * layer.Alpha * layer.Beta / layer.Size), sum);
            TensorPrimitives.MultiplyAdd(sum, input.Slice(c * _row, _row), row, row);
        }
    }

    private void SumChannels(ReadOnlySpan<float> rows, int first, int last, Span<float> sum)
    {
        sum.Clear();
        for (int c = Math.Max(0, first); c <= Math.Min(last, Channels - 1); c++)
            TensorPrimitives.Add(sum, rows.Slice(c * _row, _row), sum);
    }
}
