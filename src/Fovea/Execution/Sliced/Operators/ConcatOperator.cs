using Fovea.Kernels;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Layers.Concat"/> and <see cref="Layers.Outputs"/>: a row of every input, then the next row. Along the
/// outermost dimension there is one row, so that inputs follow each other whole.
/// </summary>
/// <param name="rows">The product of the sizes before the dimension.</param>
/// <param name="context">What the operator knows.</param>
internal sealed class ConcatOperator(int rows, OperatorContext context) : Operator(context)
{
    private readonly int _outputRow = context.Output.Length / rows * context.Lanes;

    public override string Algorithm => "copy";

    public override void Forward(in Slice slice, int pass)
    {
        for (int i = 0, start = 0; i < Context.Inputs.Length; start += RowOf(i), i++)
            RowCopy.Run(slice.Input(i), RowOf(i), slice.Output[start..], _outputRow, RowOf(i), rows);
    }

    public override void Backward(in Slice slice, int pass)
    {
        for (int i = 0, start = 0; i < Context.Inputs.Length; start += RowOf(i), i++)
            if (slice.WantsInputGradient(i))
                RowCopy.Run(slice.OutputGradient[start..], _outputRow, slice.InputGradient(i), RowOf(i), RowOf(i), rows);
    }

    private int RowOf(int input) => Context.Inputs[input].Length / rows * Context.Lanes;
}
