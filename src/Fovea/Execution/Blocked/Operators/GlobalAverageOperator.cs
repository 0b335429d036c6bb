using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Layers.GlobalAvgPool2d"/>.</summary>
internal sealed class GlobalAverageOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "mean";

    public override int ForwardTasks(int phase, int count) => count;

    public override unsafe void Forward(int phase, int task, int count, int worker)
    {
        for (int block = 0; block < Input.Blocks; block++)
            BlockedRows.Mean(Input.Sample(task) + block * Input.Plane, Input.Pitch, Input.Height, Input.Width, Output.Sample(task) + block * Output.Plane);
    }

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : count;

    public override unsafe void Backward(int phase, int task, int count, int worker)
    {
        for (int block = 0; block < Input.Blocks; block++)
            BlockedGradients.Spread(
                Output.SampleGradient(task) + block * Output.Plane, 1f / (Input.Height * Input.Width),
                Input.SampleGradient(task) + block * Input.Plane, Input.Pitch, Input.Height, Input.Width, Targets[0] == GradientTarget.Add);
    }
}
