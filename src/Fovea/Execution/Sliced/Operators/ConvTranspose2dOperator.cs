using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>
/// Runs <see cref="ConvTranspose2d"/> as the mirrored convolution, which goes from this layer's output to its input with the
/// same weights: forward is that one's input gradient, the input's gradient its forward, and the weights' gradient the
/// same with the two maps exchanged.
/// </summary>
internal sealed class ConvTranspose2dOperator : Operator
{
    private readonly bool _bias;
    private readonly ConvolutionGeometry _mirrored;

    public ConvTranspose2dOperator(ConvTranspose2d layer, OperatorContext context) : base(context)
    {
        _bias = layer.Bias;
        _mirrored = new ConvolutionGeometry(layer.WindowFor(context.Input), layer.OutChannels, layer.InChannels, layer.Groups, connections: null, context.Lanes);
        int scratch = Convolution.InputGradientScratch(_mirrored);
        if (context.HasBackward)
            scratch = Math.Max(scratch, Math.Max(Convolution.ForwardScratch(_mirrored), Convolution.WeightGradientScratch(_mirrored)));
        ScratchLength = scratch;
    }

    public override string Algorithm => AlgorithmNames.SpreadTapTable;

    public override int ScratchLength { get; }

    public override void Forward(in Slice slice, int pass) =>
        Convolution.InputGradient(_mirrored, slice.Input(), slice.Parameter(0), slice.Output, slice.Scratch, _bias ? slice.Parameter(1) : []);

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        if (slice.WantsParameterGradient(0))
            Convolution.WeightGradient(_mirrored, outputGradient, slice.Input(), slice.ParameterGradient(0), slice.Scratch);
        if (_bias && slice.WantsParameterGradient(1))
            Convolution.BiasGradient(Context.Output.Height, Context.Output.Width, Context.Lanes, outputGradient, slice.ParameterGradient(1));
        if (slice.WantsInputGradient())
            Convolution.Forward(_mirrored, outputGradient, slice.Parameter(0), [], slice.InputGradient(), slice.Scratch);
    }
}
