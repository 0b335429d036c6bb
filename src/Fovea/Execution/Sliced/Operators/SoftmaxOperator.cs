using System.Numerics.Tensors;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Softmax"/>. What lies inside the dimension, all lanes included, is a row; the operator works on whole rows
/// at once: maximum, exponentials, their sum, quotient. Where a row is a single number, many distributions lie one after
/// the other, and each is a run of its own.
/// </summary>
internal sealed class SoftmaxOperator : Operator
{
    private readonly int _blocks;
    private readonly int _rows;
    private readonly int _row;

    public SoftmaxOperator(Softmax layer, OperatorContext context) : base(context)
    {
        Axis axis = layer.AxisOf(context.Input);
        (_blocks, _rows, _row) = (axis.Before, axis.Size, axis.After * context.Lanes);
    }

    public override int ScratchLength => 2 * _row;

    private int Block => _rows * _row;

    private bool HasRuns => _row == 1 && _blocks > 1;

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        Span<float> output = slice.Output, scratch = slice.Scratch;
        for (int start = 0; start < input.Length; start += Block)
            if (HasRuns)
                OfRun(input.Slice(start, Block), output.Slice(start, Block));
            else
                OfRows(input.Slice(start, Block), output.Slice(start, Block), scratch);
    }

    /// <summary>∂L/∂xᵢ = yᵢ (gᵢ − Σⱼ gⱼ yⱼ).</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        ReadOnlySpan<float> output = slice.Output, outputGradient = slice.OutputGradient;
        Span<float> inputGradient = slice.InputGradient(), scratch = slice.Scratch;
        for (int start = 0; start < output.Length; start += Block)
            if (HasRuns)
                GradientOfRun(output.Slice(start, Block), outputGradient.Slice(start, Block), inputGradient.Slice(start, Block));
            else
                GradientOfRows(output.Slice(start, Block), outputGradient.Slice(start, Block), inputGradient.Slice(start, Block), scratch);
    }

    private void OfRows(ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        Span<float> most = scratch[.._row], sum = scratch.Slice(_row, _row);
        input[.._row].CopyTo(most);
        for (int at = _row; at < input.Length; at += _row)
            TensorPrimitives.Max(most, input.Slice(at, _row), most);
        sum.Clear();
        for (int at = 0; at < input.Length; at += _row)
        {
            Span<float> row = output.Slice(at, _row);
            TensorPrimitives.Subtract(input.Slice(at, _row), most, row);
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Add(sum, row, sum);
        }
        for (int at = 0; at < input.Length; at += _row)
            TensorPrimitives.Divide(output.Slice(at, _row), sum, output.Slice(at, _row));
    }

    private void GradientOfRows(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        Span<float> dot = scratch[.._row];
        dot.Clear();
        for (int at = 0; at < output.Length; at += _row)
            TensorPrimitives.MultiplyAdd(outputGradient.Slice(at, _row), output.Slice(at, _row), dot, dot);
        for (int at = 0; at < output.Length; at += _row)
        {
            Span<float> row = inputGradient.Slice(at, _row);
            TensorPrimitives.Subtract(outputGradient.Slice(at, _row), dot, row);
            TensorPrimitives.Multiply(row, output.Slice(at, _row), row);
        }
    }

    private static void OfRun(ReadOnlySpan<float> input, Span<float> output)
    {
        TensorPrimitives.Subtract(input, TensorPrimitives.Max(input), output);
        TensorPrimitives.Exp(output, output);
        TensorPrimitives.Divide(output, (float)Reductions.Sum(output), output);
    }

    private static void GradientOfRun(ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        TensorPrimitives.Subtract(outputGradient, (float)Reductions.Dot(outputGradient, output), inputGradient);
        TensorPrimitives.Multiply(inputGradient, output, inputGradient);
    }
}
