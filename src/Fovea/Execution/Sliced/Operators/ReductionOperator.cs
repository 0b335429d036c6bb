using System.Numerics.Tensors;
using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs every <see cref="Reduction"/>. Neighbouring dimensions that are both kept or both reduced count as one. What is kept
/// innermost, all lanes included, is a row of the output (a single number where there are no lanes and the last dimension is
/// reduced); the dimension around it, which is reduced, makes blocks of such rows. A row of the output is all rows of its
/// blocks joined. A few thousand numbers at a time they are joined by halves, so that errors of sums grow slowly and short
/// rows cost no more than long ones.
/// </summary>
internal sealed class ReductionOperator : Operator
{
    /// <summary>Numbers that are joined by halves: they stay in the nearest cache.</summary>
    private const int Chunk = 4096;

    private readonly Join _join;
    private readonly bool _isExtreme;

    /// <summary>What the output is multiplied by.</summary>
    private readonly float _scale;

    private readonly int _row;
    private readonly int _block;

    /// <summary>For every row of the output, where its first block begins.</summary>
    private readonly int[] _starts;

    /// <summary>How far each block of a row lies from the first.</summary>
    private readonly int[] _blocks;

    public ReductionOperator(Reduction layer, OperatorContext context) : base(context)
    {
        _isExtreme = layer is ReduceMax or ReduceMin;
        _join = layer switch
        {
            ReduceMax => TensorPrimitives.Max,
            ReduceMin => TensorPrimitives.Min,
            _ => TensorPrimitives.Add,
        };
        _scale = layer is ReduceMean ? (float)((double)context.Output.Length / context.Input.Length) : 1;
        bool[] reduced = layer.ReducedIn(context.Input);
        int last = Array.LastIndexOf(reduced, true), first = last;
        while (first > 0 && reduced[first - 1])
            first--;
        _row = context.Lanes;
        for (int i = reduced.Length - 1; i > last; i--)
            _row *= context.Input[i];
        _block = _row;
        for (int i = last; i >= 0 && i >= first; i--)
            _block *= context.Input[i];
        // The dimensions around a block, innermost first.
        (_starts, _blocks) = ([0], [0]);
        for (int i = first - 1, pitch = _block; i >= 0; pitch *= context.Input[i], i--)
            if (reduced[i])
                _blocks = Repeat(_blocks, context.Input[i], pitch);
            else
                _starts = Repeat(_starts, context.Input[i], pitch);
    }

    private delegate void Join(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination);

    public override string Algorithm => "by halves";

    public override int ScratchLength => Math.Max(_row, Chunk / 2);

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        Span<float> output = slice.Output, scratch = slice.Scratch;
        int chunk = Math.Max(1, Chunk / _row) * _row;
        for (int o = 0; o < _starts.Length; o++)
        {
            Span<float> row = output.Slice(o * _row, _row);
            bool isFirst = true;
            foreach (int offset in _blocks)
                for (int at = 0; at < _block; at += chunk, isFirst = false)
                {
                    ReadOnlySpan<float> joined = JoinRows(input.Slice(_starts[o] + offset + at, Math.Min(chunk, _block - at)), scratch);
                    if (isFirst)
                        joined.CopyTo(row);
                    else
                        _join(row, joined, row);
                }
        }
        if (_scale != 1)
            TensorPrimitives.Multiply(output, _scale, output);
    }

    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        ReadOnlySpan<float> input = slice.Input(), output = slice.Output, outputGradient = slice.OutputGradient;
        Span<float> inputGradient = slice.InputGradient(), left = slice.Scratch[.._row];
        for (int o = 0; o < _starts.Length; o++)
        {
            ReadOnlySpan<float> gradient = outputGradient.Slice(o * _row, _row);
            gradient.CopyTo(left);
            foreach (int offset in _blocks)
            {
                int start = _starts[o] + offset;
                if (_isExtreme)
                    ExtremeGradient.Run(input.Slice(start, _block), output.Slice(o * _row, _row), left, inputGradient.Slice(start, _block));
                else
                    Spread(gradient, inputGradient.Slice(start, _block));
            }
        }
    }

    /// <summary>All rows joined, in scratch unless there is one alone: the second half to the first, again and again.</summary>
    private ReadOnlySpan<float> JoinRows(ReadOnlySpan<float> rows, Span<float> scratch)
    {
        for (int count = rows.Length / _row; count > 1; count /= 2)
        {
            int half = count / 2 * _row;
            _join(rows[..half], rows.Slice(half, half), scratch[..half]);
            if (count % 2 == 1)
                _join(scratch[.._row], rows.Slice(2 * half, _row), scratch[.._row]);
            rows = scratch[..half];
        }
        return rows;
    }

    /// <summary>Sums and means: every element gets the same.</summary>
    private void Spread(ReadOnlySpan<float> gradient, Span<float> block)
    {
        if (_row == 1)
        {
            block.Fill(gradient[0] * _scale);
            return;
        }
        TensorPrimitives.Multiply(gradient, _scale, block[.._row]);
        for (int at = _row; at < _block; at += _row)
            block[.._row].CopyTo(block[at..]);
    }

    /// <summary>The offsets, and again from every further multiple of the pitch.</summary>
    private static int[] Repeat(int[] offsets, int count, int pitch) =>
        [.. Enumerable.Range(0, count).SelectMany(index => offsets.Select(offset => index * pitch + offset))];
}
