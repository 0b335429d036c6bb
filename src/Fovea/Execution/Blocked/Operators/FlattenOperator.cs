using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>Runs <see cref="Flatten"/>: takes blocks apart into (C, H, W), the order that features have.</summary>
internal sealed class FlattenOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    : BlockedOperator(context, group, nodes, inputs, output)
{
    public override string Algorithm => "copy";

    public override int ForwardTasks(int phase, int count) => count;

    public override unsafe void Forward(int phase, int task, int count, int worker) =>
        Input.Read(Input.Values, task, new Span<float>(Output.Sample(task), Output.Channels));
}
