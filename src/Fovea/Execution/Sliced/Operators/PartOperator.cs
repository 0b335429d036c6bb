using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Part"/>: elements are the outermost dimension, so a part lies in one piece.</summary>
internal sealed class PartOperator(Part layer, OperatorContext context) : Operator(context)
{
    private readonly int _start = layer.Offset * context.Lanes;

    public override void Forward(in Slice slice, int pass) => slice.Input().Slice(_start, slice.Output.Length).CopyTo(slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (!slice.WantsInputGradient())
            return;
        Span<float> gradient = slice.InputGradient();
        gradient.Clear();
        slice.OutputGradient.CopyTo(gradient[_start..]);
    }
}
