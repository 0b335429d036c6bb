using Fovea.Execution.Blocked.Operators;
using Fovea.Execution.Graph;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>What runs as one where channels lie in blocks.</summary>
internal sealed class BlockedRules : EngineRules
{
    private readonly PlanOptions _options;

    /// <param name="options">How the network is to run.</param>
    public BlockedRules(PlanOptions options)
    {
        _options = options;
        Fusions = [FoldNormalization, AddResidual, ClampToReLU, ClampToReLU6, PoolNormalized];
    }

    public override IReadOnlyList<FusionRule> Fusions { get; }

    /// <summary>Whether batch normalisation is a fixed line, which a convolution's weights can take in.</summary>
    private bool IsFixed => !_options.HasGradients && !_options.UsesBatchStatistics;

    /// <summary>
    /// Features are in the order of (C, H, W), which blocks of channels are only for maps of one pixel without a frame.
    /// </summary>
    public override bool IsView(ExecutionGraph graph, int node)
    {
        Node flatten = graph.Network.Nodes[node];
        if (flatten.Layer is Reshape or Transpose)
            return graph.ShapeOf(node) == graph.ShapeOf(flatten.Inputs[0]);
        if (flatten.Layer is not Flatten)
            return true;
        Shape input = graph.ShapeOf(flatten.Inputs[0]);
        return input.Height == 1 && input.Width == 1 && HasNoFrame(graph, flatten.Inputs[0]);
    }

    public override bool IsForeign(ExecutionGraph graph, FusionGroup group) => BlockedOperatorTable.Find(graph, group) is null;

    /// <summary>A 1 × 1 convolution runs inside the depthwise one that reads it, unless it may run in int8.</summary>
    public override bool IsAbsorbed(ExecutionGraph graph, FusionGroup producer, FusionGroup group) =>
        IsFixed && _options.Quantization is null && producer.Residual is null && producer.Producer is null
        && graph.Network.Nodes[producer.Head].Layer is Conv2d expanding && graph.Network.Nodes[group.Head].Layer is Conv2d depthwise
        && ExpandedDepthwiseOperator.Suits(expanding, depthwise);

    /// <summary>
    /// Whether a map has surely no frame, so that its channels lie side by side as a vector's do: convolutions want one around
    /// what they read and, for their input's gradient, around what they write.
    /// </summary>
    private static bool HasNoFrame(ExecutionGraph graph, int node) => node >= 0 && graph.ReadersOf(node).Count == 1
        && graph.Network.Nodes[node].Layer switch
        {
            GlobalAvgPool2d or MaxPool2d or AvgPool2d => true,
            AdaptiveAvgPool2d => !graph.IsIdentity(node),
            _ => false,
        };

    private bool FoldNormalization(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is BatchNorm2d && IsFixed && HeadOf(graph, group) is Conv2d && group.Last == group.Head && IsOpen(graph, group) && group.Fold(next);

    private bool AddResidual(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is Add && node.Inputs.Count == 2 && graph.InputsAreOfOneShape(next) && group.Residual is null && HeadOf(graph, group) is Conv2d or BatchNorm2d && IsOpen(graph, group)
        && group.AddResidual(next, node.Inputs[0] == group.Last ? node.Inputs[1] : node.Inputs[0]);

    private bool ClampToReLU(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is ReLU && IsOpen(graph, group) && group.Clamp(next, 0, float.PositiveInfinity);

    private bool ClampToReLU6(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is ReLU6 && HeadOf(graph, group) is not Linear && IsOpen(graph, group) && group.Clamp(next, 0, 6);

    private bool PoolNormalized(ExecutionGraph graph, FusionGroup group, int next, Node node) =>
        node.Layer is MaxPool2d && _options.HasGradients && HeadOf(graph, group) is BatchNorm2d && group.Residual is null && !group.Pools && group.Pool(next);

    /// <summary>Whether the head's operator has a last step in which there is room.</summary>
    private static bool IsOpen(ExecutionGraph graph, FusionGroup group) => !group.Pools && !group.IsClamped && HeadOf(graph, group) switch
    {
        Conv2d conv => conv.Connections is null,
        BatchNorm2d => true,
        Linear => graph.ShapeOf(group.Head).Rank == 1,
        Add => graph.InputsAreOfOneShape(group.Head),
        _ => false,
    };

    private static Layer HeadOf(ExecutionGraph graph, FusionGroup group) => graph.Network.Nodes[group.Head].Layer;
}
