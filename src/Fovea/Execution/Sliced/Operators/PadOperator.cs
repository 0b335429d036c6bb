using System.Numerics.Tensors;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Pad"/>. What lies inside the last dimension with a frame, all lanes included, is a pixel; that dimension
/// is a row of pixels. Tables say which row of the input an output row shows, and which pixel each pixel of its frame.
/// </summary>
internal sealed class PadOperator : Operator
{
    /// <summary>What shows no pixel but the value.</summary>
    private const int Value = -1;

    private readonly float _value;
    private readonly int _pixel;

    /// <summary>For every row of the output, where in the input the row lies that it shows.</summary>
    private readonly int[] _rows;

    /// <summary>For every pixel of the frame in a row, where it lies and where the one lies that it shows.</summary>
    private readonly (int Output, int Input)[] _frame;

    private readonly int _before;
    private readonly int _inputRow;
    private readonly int _outputRow;

    public PadOperator(Pad layer, OperatorContext context) : base(context)
    {
        _value = (float)layer.Value;
        int rank = context.Input.Rank, last = rank - 1;
        while (last > 0 && layer.Before[last] == 0 && layer.After[last] == 0)
            last--;
        _pixel = context.Lanes;
        for (int i = last + 1; i < rank; i++)
            _pixel *= context.Input[i];
        int[] pixels = rank == 0 ? [0] : Shown(layer, last, context.Input[last], _pixel);
        _before = rank == 0 ? 0 : layer.Before[last] * _pixel;
        _inputRow = (rank == 0 ? 1 : context.Input[last]) * _pixel;
        _outputRow = pixels.Length * _pixel;
        _frame = [.. pixels.Select((input, i) => (i * _pixel, input)).Where(place => place.Item1 < _before || place.Item1 >= _before + _inputRow)];
        _rows = [0];
        for (int i = last - 1, pitch = _inputRow; i >= 0; pitch *= context.Input[i], i--)
            _rows = [.. Shown(layer, i, context.Input[i], pitch).SelectMany(outer => _rows.Select(inner => outer == Value || inner == Value ? Value : outer + inner))];
    }

    public override string Algorithm => "copy";

    public override void Forward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> input = slice.Input();
        Span<float> all = slice.Output;
        for (int r = 0; r < _rows.Length; r++)
        {
            Span<float> output = all.Slice(r * _outputRow, _outputRow);
            if (_rows[r] == Value)
            {
                output.Fill(_value);
                continue;
            }
            ReadOnlySpan<float> row = input.Slice(_rows[r], _inputRow);
            row.CopyTo(output[_before..]);
            foreach ((int place, int shown) in _frame)
                if (shown == Value)
                    output.Slice(place, _pixel).Fill(_value);
                else if (_pixel == 1)
                    output[place] = row[shown];
                else
                    row.Slice(shown, _pixel).CopyTo(output[place..]);
        }
    }

    /// <summary>Every pixel gets the gradients of all places that show it, row by row and then along the row.</summary>
    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        Span<float> inputGradient = slice.InputGradient();
        inputGradient.Clear();
        for (int r = 0; r < _rows.Length; r++)
        {
            if (_rows[r] == Value)
                continue;
            ReadOnlySpan<float> gradient = outputGradient.Slice(r * _outputRow, _outputRow);
            Span<float> row = inputGradient.Slice(_rows[r], _inputRow);
            TensorPrimitives.Add(row, gradient.Slice(_before, _inputRow), row);
            foreach ((int place, int shown) in _frame)
                if (shown == Value)
                    continue;
                else if (_pixel == 1)
                    row[shown] += gradient[place];
                else
                    TensorPrimitives.Add(row.Slice(shown, _pixel), gradient.Slice(place, _pixel), row.Slice(shown, _pixel));
        }
    }

    /// <summary>For every place along a dimension of the output, the offset of the input's that it shows.</summary>
    private static int[] Shown(Pad layer, int dimension, int size, int pitch)
    {
        int[] shown = new int[layer.Before[dimension] + size + layer.After[dimension]];
        for (int i = 0; i < shown.Length; i++)
        {
            int at = i - layer.Before[dimension], last = size - 1;
            shown[i] = at >= 0 && at <= last ? at * pitch : layer.Mode switch
            {
                PadMode.Reflect => (at < 0 ? -at : 2 * last - at) * pitch,
                PadMode.Replicate => (at < 0 ? 0 : last) * pitch,
                _ => Value,
            };
        }
        return shown;
    }
}
