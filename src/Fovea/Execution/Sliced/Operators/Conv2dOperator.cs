using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="Conv2d"/>.</summary>
internal sealed class Conv2dOperator : Operator
{
    private readonly bool _bias;
    private readonly ConvolutionGeometry _geometry;

    public Conv2dOperator(Conv2d layer, OperatorContext context) : base(context)
    {
        _bias = layer.Bias;
        _geometry = new ConvolutionGeometry(
            layer.WindowFor(context.Input), layer.InChannels, layer.OutChannels, layer.Groups, layer.Connections, context.Lanes);
        int scratch = Convolution.ForwardScratch(_geometry);
        if (context.HasBackward)
            scratch = Math.Max(scratch, Math.Max(Convolution.InputGradientScratch(_geometry), Convolution.WeightGradientScratch(_geometry)));
        ScratchLength = scratch;
    }

    public override string Algorithm => AlgorithmNames.TapTable;

    public override int ScratchLength { get; }

    public override void Forward(in Slice slice, int pass) =>
        Convolution.Forward(_geometry, slice.Input(), slice.Parameter(0), _bias ? slice.Parameter(1) : [], slice.Output, slice.Scratch);

    public override void Backward(in Slice slice, int pass)
    {
        ReadOnlySpan<float> outputGradient = slice.OutputGradient;
        if (slice.WantsParameterGradient(0))
            Convolution.WeightGradient(_geometry, slice.Input(), outputGradient, slice.ParameterGradient(0), slice.Scratch);
        if (_bias && slice.WantsParameterGradient(1))
            Convolution.BiasGradient(_geometry, outputGradient, slice.ParameterGradient(1));
        if (slice.WantsInputGradient())
            Convolution.InputGradient(_geometry, outputGradient, slice.Parameter(0), slice.InputGradient(), slice.Scratch);
    }
}
