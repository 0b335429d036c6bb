using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Transpose"/>: the lanes stay innermost.</summary>
internal sealed class TransposeOperator(Transpose layer, OperatorContext context) : Operator(context)
{
    private readonly Permutation _forward = new(context.Input.ToArray(), [.. layer.Order], context.Lanes);
    private readonly Permutation _backward = new(context.Output.ToArray(), layer.Inverse, context.Lanes);

    public override string Algorithm => _forward.Algorithm;

    public override void Forward(in Slice slice, int pass) => _forward.Run(slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            _backward.Run(slice.OutputGradient, slice.InputGradient());
    }
}
