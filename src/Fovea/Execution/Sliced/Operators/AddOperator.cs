using System.Numerics.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Layers.Add"/>.</summary>
internal sealed class AddOperator(OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass)
    {
        TensorPrimitives.Add(slice.Input(0), slice.Input(1), slice.Output);
        for (int i = 2; i < Context.Inputs.Length; i++)
            TensorPrimitives.Add(slice.Output, slice.Input(i), slice.Output);
    }

    public override void Backward(in Slice slice, int pass)
    {
        for (int i = 0; i < Context.Inputs.Length; i++)
            if (slice.WantsInputGradient(i))
                slice.OutputGradient.CopyTo(slice.InputGradient(i));
    }
}
