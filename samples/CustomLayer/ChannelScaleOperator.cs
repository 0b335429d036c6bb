using System.Numerics.Tensors;
using Fovea.Execution;

namespace CustomLayer;

/// <summary>Runs <see cref="ChannelScale"/>: the channels are the outermost dimension, so each lies in one piece, whatever the lanes.</summary>
/// <param name="context">The node, the shapes and how the plan runs.</param>
internal sealed class ChannelScaleOperator(OperatorContext context) : LayerOperator(context)
{
    private int ChannelLength => Context.Output.Length / Context.Output.Channels * Lanes;

    /// <inheritdoc/>
    public override void Forward(in Slice slice)
    {
        ReadOnlySpan<float> weight = slice.Parameter(0);
        for (int c = 0; c < weight.Length; c++)
            TensorPrimitives.Multiply(Channel(slice.Input(), c), weight[c], Channel(slice.Output, c));
    }

    /// <summary>∂L/∂x = weight · g; ∂L/∂weight = Σ g · x over the pixels and samples of the channel.</summary>
    public override void Backward(in Slice slice)
    {
        ReadOnlySpan<float> weight = slice.Parameter(0), input = slice.Input(), gradient = slice.OutputGradient;
        for (int c = 0; c < weight.Length; c++)
        {
            if (slice.WantsInputGradient())
                TensorPrimitives.Multiply(Channel(gradient, c), weight[c], Channel(slice.InputGradient(), c));
            if (slice.WantsParameterGradient(0))
                slice.ParameterGradient(0)[c] += TensorPrimitives.Dot(Channel(gradient, c), Channel(input, c));
        }
    }

    private ReadOnlySpan<float> Channel(ReadOnlySpan<float> values, int c) => values.Slice(c * ChannelLength, ChannelLength);

    private Span<float> Channel(Span<float> values, int c) => values.Slice(c * ChannelLength, ChannelLength);
}
