namespace Fovea.Execution.Operators;

/// <summary>Runs <see cref="Layers.Concat"/>: the channels are the outermost dimension, so inputs follow each other whole.</summary>
internal sealed class ConcatOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass)
    {
        for (int i = 0, start = 0; i < Context.Inputs.Length; start += slice.Input(i).Length, i++)
            slice.Input(i).CopyTo(slice.Output[start..]);
    }

    public override void Backward(in Slice slice, int pass)
    {
        for (int i = 0, start = 0; i < Context.Inputs.Length; start += slice.Input(i).Length, i++)
            if (slice.WantsInputGradient(i))
                slice.OutputGradient.Slice(start, slice.Input(i).Length).CopyTo(slice.InputGradient(i));
    }
}
