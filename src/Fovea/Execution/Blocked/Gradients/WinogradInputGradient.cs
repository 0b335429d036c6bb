using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>
/// The gradient of the input of a 3 × 3 convolution of stride 1: the Winograd convolution of the output's gradient with
/// the kernels turned by half a circle, inputs and outputs having changed places.
/// </summary>
internal sealed class WinogradInputGradient(BlockedContext context, BlockedOperator op, Window window, Parameter weights) : PhasedWork
{
    private const int LastCell = 2;

    private readonly BlockedMap _input = op.Inputs[0];
    private readonly BlockedMap _output = op.Output;
    private readonly WinogradSchedule _schedule = new(context, SizeFor(op, context.Batch));
    private readonly int _weightLength = SizeFor(op, context.Batch).WeightLength;

    public override int Phases => 1 + _schedule.Phases;

    /// <summary>Transformed tiles, and the turned weights.</summary>
    public override int SharedLength => _schedule.SharedLength + _weightLength;

    public override int ScratchLength => _schedule.ScratchLength;

    /// <summary>The frame that it needs around the convolution's output.</summary>
    public static int Halo(Window window) => LastCell - Math.Min(Math.Min(window.PadTop, window.PadLeft), Math.Min(window.PadBottom, window.PadRight));

    public override int Tasks(int phase, int count) => phase == 0 ? _input.Blocks : _schedule.Tasks(phase - 1, count);

    public override unsafe void Run(int phase, int task, int count, int worker)
    {
        WinogradSize size = _schedule.SizeFor(count);
        fixed (float* packed = context.Shared.Span.Slice(_schedule.SharedLength, _weightLength), plain = weights.Value.Values)
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
            _schedule.Run(
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
                phase - 1, task, count, worker);
        }
    }

    private static WinogradSize SizeFor(BlockedOperator op, int count) =>
        new(4, count, op.Inputs[0].Height, op.Inputs[0].Width, op.Output.Blocks, op.Inputs[0].Blocks);
}
