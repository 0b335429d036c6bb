using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="Layers.Dropout"/>, whose units are single elements, and <see cref="Layers.Dropout2d"/>, whose units
/// are feature maps. Whether a unit is dropped is a hash of the plan's seed, the step, the node, the sample and the unit,
/// so backward asks anew instead of remembering, and neither threads nor slices matter.
/// </summary>
internal sealed class DropoutOperator(double p, int units, OperatorContext context) : Operator(context)
{
    private readonly ulong _dropBelow = (ulong)(p * Math.Pow(2, 64));
    private readonly float _scale = (float)(1 / (1 - p));

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
        ulong stream = Rng.Mix(Rng.Mix(Rng.Mix(slice.Seed) + slice.Step) + (ulong)Context.NodeIndex);
        Span<ulong> keys = stackalloc ulong[lanes];
        Span<float> factors = stackalloc float[lanes];
        for (int lane = 0; lane < lanes; lane++)
            keys[lane] = Rng.Mix(stream + (ulong)(slice.Index * lanes + lane));
        for (int unit = 0; unit < units; unit++)
        {
            for (int lane = 0; lane < lanes; lane++)
                factors[lane] = Rng.Mix(keys[lane] + (ulong)unit) < _dropBelow ? 0 : _scale;
            int start = unit * length;
            if (lanes == 1)
                TensorPrimitives.Multiply(source.Slice(start, length), factors[0], destination.Slice(start, length));
            else
                for (int i = start; i < start + length; i += lanes)
                    TensorPrimitives.Multiply(source.Slice(i, lanes), factors, destination.Slice(i, lanes));
        }
    }
}
