using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of the input of a 3 × 3 convolution of stride 1: the Winograd convolution of the output's gradient with
/// the kernels turned by half a circle, inputs and outputs having changed places.
/// </summary>
internal sealed class WinogradInputGradient(BlockedContext context, BlockedOperator op, Window window, Parameter weights) : GradientPart
{
    private const int LastCell = 2;

    private readonly BlockedMap _input = op.Inputs[0];
    private readonly BlockedMap _output = op.Output;
    private readonly int _chunk = WinogradChunks.TilesATask(SizeFor(op, context.Batch));

    public override int Phases => 2;

    /// <summary>The turned weights.</summary>
    public override int SharedLength => SizeFor(op, context.Batch).WeightLength;

    public override int ScratchLength => WinogradChunks.ScratchLength(SizeFor(op, context.Batch), _chunk);

    public override void WantHalos() =>
        _output.WantHalo(LastCell - Math.Min(Math.Min(window.PadTop, window.PadLeft), Math.Min(window.PadBottom, window.PadRight)));

    public override int Tasks(int phase, int count) => phase == 0 ? _input.Blocks : (SizeFor(op, count).Tiles + _chunk - 1) / _chunk;

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        WinogradSize size = SizeFor(op, count);
        fixed (float* packed = context.Shared.Span, plain = weights.Value.Span, scratch = context.Scratch[worker].Span)
        {
            if (phase == 0)
            {
                WinogradWeights.Pack(
                    new WinogradWeights.Operands
                    {
                        Size = size,
                        Weights = plain,
                        OutChannels = _output.Channels,
                        InChannels = _input.Channels,
                        Turned = true,
                        Packed = packed,
                    },
                    task, task + 1);
                return;
            }
            int top = LastCell - window.PadTop, left = LastCell - window.PadLeft;
            bool adds = op.Targets[0] == GradientTarget.Add;
            WinogradChunks.Run(
                new WinogradCorrelation.Operands
                {
                    Size = size,
                    Input = _output.SampleGradient(0) - top * _output.Pitch - left * _output.Inner,
                    InputSample = _output.SampleLength,
                    InputBlock = _output.Plane,
                    InputPitch = _output.Pitch,
                    InputHeight = _output.Height + top + _output.Halo,
                    InputWidth = _output.Width + left + _output.Halo,
                    Weights = packed,
                    Output = _input.SampleGradient(0),
                    OutputSample = _input.SampleLength,
                    OutputBlock = _input.Plane,
                    OutputPitch = _input.Pitch,
                    Residual = adds ? _input.SampleGradient(0) : null,
                    ResidualSample = _input.SampleLength,
                    ResidualBlock = _input.Plane,
                    ResidualPitch = _input.Pitch,
                    Lower = float.NegativeInfinity,
                    Upper = float.PositiveInfinity,
                },
                task * _chunk, _chunk, scratch);
        }
    }

    private static WinogradSize SizeFor(BlockedOperator op, int count) =>
        new(4, count, op.Inputs[0].Height, op.Inputs[0].Width, op.Output.Blocks, op.Inputs[0].Blocks);
}
