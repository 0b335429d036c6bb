using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Narrow"/>: of every row of the dimension and all inside it, a part in one piece.</summary>
internal sealed class NarrowOperator : Operator
{
    private readonly int _rows;
    private readonly int _inputRow;
    private readonly int _outputRow;
    private readonly int _start;

    public NarrowOperator(Narrow layer, OperatorContext context) : base(context)
    {
        Axis axis = layer.AxisOf(context.Input);
        int element = axis.After * context.Lanes;
        (_rows, _inputRow, _outputRow, _start) = (axis.Before, axis.Size * element, layer.Length * element, layer.StartIn(axis) * element);
    }

    public override string Algorithm => "copy";

    public override void Forward(in Slice slice, int pass) => RowCopy.Run(slice.Input()[_start..], _inputRow, slice.Output, _outputRow, _outputRow, _rows);

    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        Span<float> gradient = slice.InputGradient();
        gradient.Clear();
        RowCopy.Run(slice.OutputGradient, _outputRow, gradient[_start..], _inputRow, _outputRow, _rows);
    }
}
