using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Softmax"/> over the channels of maps, pixel by pixel. The batch's rows of pixels, with all their channels, are dealt out to tasks.</summary>
internal sealed unsafe class ChannelSoftmaxOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "exponentials";

    public override bool OverwritesGradient => true;

    private int Length => checked(Output.Blocks * Output.RowLength);

    /// <summary>Whether this operator runs a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="output">Its output's shape.</param>
    public static bool Suits(Softmax layer, Shape output) => layer.AxisOf(output) is { Before: 1 } axis && axis.Size == output.Channels;

    public override int ForwardTasks(int phase, int count) => TaskShare.Tasks((long)count * Output.Height, Length);

    public override void Forward(int phase, int task, int count, int worker)
    {
        (int row, int end) = TaskShare.Of(task, (long)count * Output.Height, Length);
        for (; row < end; row++)
        {
            int n = row / Output.Height, y = row % Output.Height;
            ChannelSoftmax.Forward(Input.Sample(n) + y * Input.Pitch, Input.Plane, Output.Sample(n) + y * Output.Pitch, Output.Plane, Output.Channels, Output.Width);
        }
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : ForwardTasks(phase, count);

    public override void Backward(int phase, int task, int count, int worker)
    {
        (int row, int end) = TaskShare.Of(task, (long)count * Output.Height, Length);
        for (; row < end; row++)
        {
            int n = row / Output.Height, y = row % Output.Height, at = y * Output.Pitch;
            ChannelSoftmax.Backward(
                Output.Sample(n) + at, Output.SampleGradient(n) + at, Output.Plane, Input.SampleGradient(n) + y * Input.Pitch, Input.Plane,
                Targets[0] == GradientTarget.Add, Output.Channels, Output.Width);
        }
    }
}
