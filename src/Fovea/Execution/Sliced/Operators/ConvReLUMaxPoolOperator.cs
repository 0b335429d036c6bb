using Fovea.Kernels;
using Fovea.Layers;

namespace Fovea.Execution.Sliced.Operators;

/// <summary>Runs <see cref="ConvReLUMaxPool"/>.</summary>
internal sealed class ConvReLUMaxPoolOperator : Operator
{
    private readonly bool _bias;
    private readonly ConvolutionGeometry _geometry;
    private readonly int _padded;
    private readonly int _spread;

    public ConvReLUMaxPoolOperator(ConvReLUMaxPool layer, OperatorContext context) : base(context)
    {
        _bias = layer.Convolution.Bias;
        Conv2d convolution = layer.Convolution;
        _geometry = new ConvolutionGeometry(
            convolution.WindowFor(context.Input), convolution.InChannels, convolution.OutChannels, convolution.Groups,
            convolution.Connections, context.Lanes);
        _padded = PooledConvolution.PaddedLength(_geometry);
        _spread = context.HasBackward ? PooledConvolution.SpreadLength(_geometry) : 0;
    }

    public override string Algorithm => AlgorithmNames.PooledTapTable;

    public override int ScratchLength => Context.HasBackward ? PooledConvolution.BackwardScratch(_geometry) : 0;

    /// <summary>The padded input and output gradient, whose padding nobody else touches, and each window's winner.</summary>
    public override int StateLength => checked(_padded + _spread + (Context.HasBackward ? PooledConvolution.OutputLength(_geometry) : 0));

    public override void Forward(in Slice slice, int pass) =>
        PooledConvolution.Forward(
            _geometry, slice.Input(), slice.Parameter(0), _bias ? slice.Parameter(1) : [],
            slice.State[.._padded], slice.Output, slice.State[(_padded + _spread)..]);

    public override void Backward(in Slice slice, int pass) =>
        PooledConvolution.Backward(
            _geometry, slice.Input(), slice.State[.._padded], slice.State[(_padded + _spread)..], slice.OutputGradient,
            slice.Parameter(0), slice.ParameterGradient(0), _bias ? slice.ParameterGradient(1) : [],
            slice.State.Slice(_padded, _spread), slice.WantsInputGradient() ? slice.InputGradient() : [], slice.Scratch);
}
