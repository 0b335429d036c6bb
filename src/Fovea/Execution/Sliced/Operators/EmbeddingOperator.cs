using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Embedding"/>: copies rows of the table, and adds gradients to the rows that were read, word after word,
/// so that sums have one order.
/// </summary>
internal sealed class EmbeddingOperator(Embedding layer, OperatorContext context) : Operator(context)
{
    private readonly int _words = context.Input.Length;

    public override void Forward(in Slice slice, int pass)
    {
        int lanes = Context.Lanes, dimension = layer.EmbeddingDim;
        ReadOnlySpan<float> table = slice.Parameter(0), numbers = slice.Input();
        Span<float> output = slice.Output;
        for (int i = 0; i < numbers.Length; i++)
        {
            ReadOnlySpan<float> row = table.Slice(Number(numbers[i]) * dimension, dimension);
            for (int d = 0; d < row.Length; d++)
                output[d * _words * lanes + i] = row[d];
        }
    }

    public override void Backward(in Slice slice, int pass)
    {
        int lanes = Context.Lanes, dimension = layer.EmbeddingDim;
        if (slice.WantsParameterGradient(0))
        {
            ReadOnlySpan<float> numbers = slice.Input(), outputGradient = slice.OutputGradient;
            Span<float> gradient = slice.ParameterGradient(0);
            for (int i = 0; i < numbers.Length; i++)
            {
                int number = Number(numbers[i]);
                if (i % lanes >= slice.Count || number == layer.PaddingIndex)
                    continue;
                Span<float> row = gradient.Slice(number * dimension, dimension);
                for (int d = 0; d < row.Length; d++)
                    row[d] += outputGradient[d * _words * lanes + i];
            }
        }
        if (slice.WantsInputGradient())
            slice.InputGradient().Clear();
    }

    /// <summary>The row that a number asks for, whatever it is.</summary>
    private int Number(float value) => value >= layer.NumEmbeddings ? layer.NumEmbeddings - 1 : value >= 0 ? (int)value : 0;
}
