using System.Numerics.Tensors;
using Fovea.Execution.Graph;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Layers.Dropout"/>, whose units are single elements, and <see cref="Layers.Dropout2d"/>, whose units
/// are feature maps. The <see cref="DropoutMask"/> is drawn forward and backward.
/// </summary>
internal sealed class DropoutOperator(double p, int units, OperatorContext context) : Operator(context)
{
    public override void Forward(in Slice slice, int pass) => Apply(slice, slice.Input(), slice.Output);

    public override void Backward(in Slice slice, int pass)
    {
        if (slice.WantsInputGradient())
            Apply(slice, slice.OutputGradient, slice.InputGradient());
    }

    /// <summary>destination = source, or 0 where the unit is dropped, times 1 / (1 − p).</summary>
    private void Apply(in Slice slice, ReadOnlySpan<float> source, Span<float> destination)
    {
        int lanes = Context.Lanes, length = source.Length / units;
        var mask = new DropoutMask(p, slice.Seed, slice.Step, Context.NodeIndex);
        Span<ulong> keys = stackalloc ulong[lanes];
        Span<float> factors = stackalloc float[lanes];
        for (int lane = 0; lane < lanes; lane++)
            keys[lane] = mask.KeyOf(slice.Index * lanes + lane);
        for (int unit = 0; unit < units; unit++)
        {
            for (int lane = 0; lane < lanes; lane++)
                factors[lane] = mask.FactorOf(keys[lane], unit);
            int start = unit * length;
            if (lanes == 1)
                TensorPrimitives.Multiply(source.Slice(start, length), factors[0], destination.Slice(start, length));
            else
                for (int i = start; i < start + length; i += lanes)
                    TensorPrimitives.Multiply(source.Slice(i, lanes), factors, destination.Slice(i, lanes));
        }
    }
}
