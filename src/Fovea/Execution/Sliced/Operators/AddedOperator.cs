namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs a user's layer by its operator.</summary>
internal sealed class AddedOperator(LayerOperator added, OperatorContext context) : Operator(context)
{
    public override string Algorithm => added.Algorithm;

    public override int ScratchLength => added.ScratchLength;

    public override int StateLength => added.StateLength;

    public override void Forward(in Slice slice, int pass) => added.Forward(slice);

    public override void Backward(in Slice slice, int pass) => added.Backward(slice);
}
