using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Sliced;

/// <summary>What runs as one where samples lie side by side: a convolution, its ReLU and the 2 × 2 max pooling behind it.</summary>
/// <param name="lanes">How many samples lie side by side.</param>
internal sealed class SlicedRules(int lanes) : EngineRules
{
    public override IReadOnlyList<FusionRule> Fusions { get; } = lanes > 1 ? [Rectify, Pool] : [];

    public override bool IsComplete(FusionGroup group) => group.Pools || group.Nodes.Count == 1;

    private static bool Rectify(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is ReLU && group.Nodes.Count == 1 && HeadOf(graph, group) is Conv2d && group.Clamp(next, 0, float.PositiveInfinity);

    private static bool Pool(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is MaxPool2d pooling && group.IsClamped && !group.Pools && ConvReLUMaxPool.Suits((Conv2d)HeadOf(graph, group), pooling) && group.Pool(next);

    private static Layer HeadOf(ExecutionGraph graph, FusionGroup group) => graph.Network.Nodes[group.Head].Layer;
}
