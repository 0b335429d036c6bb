namespace Fovea.Execution.Operators;

/// <summary>An identity whose input has other readers, so that it needs a place of its own.</summary>
internal sealed class CopyOperator(Operator identity) : Operator(identity.Context)
{
    public override void Forward(in Slice slice, int pass) => slice.Input().CopyTo(slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            slice.OutputGradient.CopyTo(slice.InputGradient());
    }
}

/// <summary>Runs layers that change nothing: flattening, and dropout in inference.</summary>
internal sealed class IdentityOperator(OperatorContext context) : Operator(context)
{
    public override bool IsIdentity => true;

    public override void Forward(in Slice slice, int pass) { }

    public override void Backward(in Slice slice, int pass) { }
}
