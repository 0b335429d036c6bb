using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Trains a <see cref="BatchNorm2d"/> together with what follows it. Forward: the samples' moments, which are joined in the
/// samples' order, then the elements; backward likewise.
/// </summary>
internal abstract class BatchNormOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    protected BatchStatistics Statistics { get; } = new(context, nodes[0], inputs[0]);

    public override int ForwardPhases => Statistics.UsesBatch ? 3 : 1;

    public override int ForwardTasks(int phase, int count) => phase == 1 ? Input.Blocks : count * Input.Blocks;

    /// <summary>Running statistics are a line that only a change of parameters moves.</summary>
    public override int PackTasks => Statistics.UsesBatch ? 0 : Input.Blocks;

    public override void Pack(int task) => Statistics.JoinMoments(task, 0);

    public override void Forward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == ForwardPhases - 1)
            Normalize(n, block);
        else if (phase == 0)
            Statistics.SumMoments(n, block);
        else
            Statistics.JoinMoments(task, count);
    }

    public override int BackwardPhases => 3;

    public override int BackwardTasks(int phase, int count) => phase switch
    {
        1 => Input.Blocks,
        2 when Targets[0] == GradientTarget.None => 0,
        _ => count * Input.Blocks,
    };

    public override void Backward(int phase, int task, int count, int worker)
    {
        int n = task / Input.Blocks, block = task % Input.Blocks;
        if (phase == 0)
            SumProducts(n, block);
        else if (phase == 1)
            Statistics.JoinProducts(task, count);
        else
            Propagate(n, block);
    }

    /// <summary>One block's elements of one sample.</summary>
    protected abstract void Normalize(int n, int block);

    /// <summary>One block's sums of products of one sample.</summary>
    protected abstract void SumProducts(int n, int block);

    /// <summary>One block's gradients of inputs of one sample.</summary>
    protected abstract void Propagate(int n, int block);
}
