using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="GroupNorm"/> and <see cref="LayerNorm"/>, one group of elements that lie side by side after the other.
/// Backward measures the groups again: one more pass over the input, but nothing kept for every sample of the batch.
/// </summary>
/// <param name="groups">How many groups a sample has.</param>
/// <param name="weights">How many weights a group has: its channels', or one for each element.</param>
/// <param name="eps">What is added to variances.</param>
/// <param name="affine">Whether there are weights and biases.</param>
/// <param name="context">How the plan runs.</param>
internal sealed class GroupNormOperator(int groups, int weights, double eps, bool affine, OperatorContext context) : Operator(context)
{
    private readonly int _length = context.Input.Length / groups * context.Lanes;

    public static GroupNormOperator For(GroupNorm layer, OperatorContext context) =>
        new(layer.NumGroups, layer.NumChannels / layer.NumGroups, layer.Eps, layer.Affine, context);

    public static GroupNormOperator For(LayerNorm layer, OperatorContext context)
    {
        int elements = layer.NormalizedShape.Aggregate(1, (product, size) => product * size);
        return new(context.Input.Length / elements, elements, layer.Eps, layer.Affine, context);
    }

    /// <summary>Where every float has a weight of its own, backward lays out the normalised group.</summary>
    public override int ScratchLength => affine && Context.HasBackward && weights == _length ? _length : 0;

    public override void Forward(in Slice slice, int pass)
    {
        Span<float> line = stackalloc float[GroupStandardization.LineLength];
        for (int g = 0; g < groups; g++)
        {
            ReadOnlySpan<float> input = slice.Input().Slice(g * _length, _length);
            GroupStandardization.Measure(input, Context.Lanes, eps, line);
            GroupStandardization.Forward(input, line, WeightsOf(slice, g), affine ? PartOf(slice.Parameter(1), g) : [0], slice.Output.Slice(g * _length, _length));
        }
    }

    public override void Backward(in Slice slice, int pass)
    {
        Span<float> line = stackalloc float[GroupStandardization.LineLength];
        for (int g = 0; g < groups; g++)
        {
            ReadOnlySpan<float> input = slice.Input().Slice(g * _length, _length), outputGradient = slice.OutputGradient.Slice(g * _length, _length);
            GroupStandardization.Measure(input, Context.Lanes, eps, line);
            // Weight and bias are frozen together.
            if (affine && slice.WantsParameterGradient(0))
                GroupStandardization.WeightGradient(input, line, outputGradient, PartOf(slice.ParameterGradient(0), g), PartOf(slice.ParameterGradient(1), g), slice.Scratch);
            if (slice.WantsInputGradient())
                GroupStandardization.InputGradient(input, Context.Lanes, line, outputGradient, WeightsOf(slice, g), slice.InputGradient().Slice(g * _length, _length));
        }
    }

    private ReadOnlySpan<float> WeightsOf(in Slice slice, int group) => affine ? PartOf(slice.Parameter(0), group) : [1];

    /// <summary>A group's part of a parameter: that of its channels, or all of what the groups share.</summary>
    private ReadOnlySpan<float> PartOf(ReadOnlySpan<float> parameter, int group) => parameter.Slice(group * weights % parameter.Length, weights);

    private Span<float> PartOf(Span<float> parameter, int group) => parameter.Slice(group * weights % parameter.Length, weights);
}
