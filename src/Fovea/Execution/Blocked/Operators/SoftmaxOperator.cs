using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Layers.Softmax"/> of vectors.</summary>
internal sealed unsafe class SoftmaxOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "exponentials";

    public override int ForwardTasks(int phase, int count) => count;

    public override void Forward(int phase, int task, int count, int worker) =>
        BlockedSoftmax.Forward(Input.Sample(task), Input.Plane, Output.Sample(task), Output.Plane, Output.Channels);

    public override int BackwardTasks(int phase, int count) => Targets[0] == GradientTarget.None ? 0 : count;

    public override void Backward(int phase, int task, int count, int worker) =>
        BlockedSoftmax.Backward(
            Output.Sample(task), Output.SampleGradient(task), Output.Plane, Input.SampleGradient(task), Input.Plane,
            Targets[0] == GradientTarget.Add, Output.Channels);
}
