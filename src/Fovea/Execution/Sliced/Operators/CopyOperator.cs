namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs layers that change nothing, where their output does not lie where their input does.</summary>
internal sealed class CopyOperator(OperatorContext context) : Operator(context)
{
    public override string Algorithm => "copy";

    public override void Forward(in Slice slice, int pass) => slice.Input().CopyTo(slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            slice.OutputGradient.CopyTo(slice.InputGradient());
    }
}
