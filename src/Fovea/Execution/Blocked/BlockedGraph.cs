using Fovea.Execution.Blocked.Operators;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked;

/// <summary>An execution graph as operators over blocked maps, in the order in which they run.</summary>
internal sealed class BlockedGraph
{
    private readonly Network _network;
    private readonly Dictionary<int, BlockedMap> _maps = [];

    /// <param name="graph">What runs.</param>
    /// <param name="context">What the operators share.</param>
    public BlockedGraph(ExecutionGraph graph, BlockedContext context)
    {
        Graph = graph;
        _network = graph.Network;
        Context = context;
        Input = _maps[ExecutionGraph.Input] = new BlockedMap(graph.InputShape, IsNarrow(graph) ? graph.InputShape.Channels : BlockedCorrelation.Block);
        Operators = [.. graph.Groups.Select(Lower)];
        var byGroup = graph.Groups.Zip(Operators).ToDictionary(pair => pair.First, pair => pair.Second);
        Backward = [.. graph.Backward.Select(group => byGroup[group])];
        foreach (BlockedOperator op in Operators)
            op.RequireHalos();
    }

    public ExecutionGraph Graph { get; }

    public BlockedContext Context { get; }

    /// <summary>The network's input.</summary>
    public BlockedMap Input { get; }

    /// <summary>The network's output.</summary>
    public BlockedMap Output => _maps[Graph.Output];

    /// <summary>One a group, in the graph's order.</summary>
    public BlockedOperator[] Operators { get; }

    /// <summary>The operators whose backward runs, the last one first.</summary>
    public BlockedOperator[] Backward { get; }

    /// <summary>Where a value lies.</summary>
    public BlockedMap MapOf(int value) => _maps[value];

    /// <summary>Whether the input's channels lie side by side as they are, which only convolutions without groups read.</summary>
    private static bool IsNarrow(ExecutionGraph graph) =>
        graph.InputShape.IsMaps && graph.InputShape.Channels < BlockedCorrelation.Block && !graph.WantsGradient(ExecutionGraph.Input)
        && graph.ReadersOf(ExecutionGraph.Input).All(node => graph.Network.Nodes[node].Layer is Conv2d { Groups: 1 });

    private BlockedOperator Lower(FusionGroup group)
    {
        BlockedMap[] inputs = [.. group.Inputs.Select(MapOf)];
        BlockedMap output = _maps[group.Last] = new BlockedMap(Graph.ShapeOf(group.Last));
        BlockedOperator op = Lower(group, group.NodesOf(_network), inputs, output);
        op.Group = group;
        return op;
    }

    /// <summary>The operator that runs a group.</summary>
    /// <param name="group">What runs.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="inputs">What it reads; what is added, if anything, comes last.</param>
    /// <param name="output">What it writes.</param>
    private BlockedOperator Lower(FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    {
        bool trains = Context.HasBackward, winograd = Context.Options.Winograd;
        switch (nodes[0].Layer)
        {
            case Conv2d { Connections: null } conv when trains:
                return new TrainedConvolutionOperator(Context, nodes, inputs, output, EpilogueOf(group), winograd ? ConvolutionCost.TrainingTile(conv, inputs[0], Context.Batch) : 0);
            case BatchNorm2d when group.Pools:
                return new NormalizedPoolingOperator(Context, nodes, inputs, output, group.Lower, group.Upper);
            case BatchNorm2d when IsBlocked(inputs[0]):
                return new NormalizationOperator(Context, nodes, inputs, output, group.Lower, group.Upper);
            case Conv2d when group.Producer is { } producer:
                return new ExpandedDepthwiseOperator(Context, producer.NodesOf(_network), EpilogueOf(producer), nodes, inputs, output, EpilogueOf(group));
            case Conv2d conv when winograd && ConvolutionCost.Tile(conv, inputs[0], Context.Batch) is > 0 and var tile:
                return new WinogradOperator(Context, nodes, inputs, output, EpilogueOf(group), tile);
            case Conv2d { Groups: 1, Connections: null }:
                return new ConvolutionOperator(Context, nodes, inputs, output, EpilogueOf(group));
            case Conv2d { IsDepthwise: true }:
                return new DepthwiseOperator(Context, nodes, inputs, output, EpilogueOf(group));
            case Conv2d { Connections: null }:
                return new GroupedConvolutionOperator(Context, nodes, inputs, output, EpilogueOf(group));
            case Linear when Graph.ShapeOf(group.Head).Rank == 1:
                return new DenseOperator(Context, nodes, inputs, output, group.Lower);
            case Flatten when !trains:
                return new FlattenOperator(Context, nodes, inputs, output);
            case Add when inputs.All(IsBlocked) && Graph.InputsAreOfOneShape(group.Head):
                return new AddClampOperator(Context, nodes, inputs, output, group.Lower, group.Upper);
            case Arithmetic layer when inputs.All(IsBlocked) && ArithmeticOperator.Suits(layer, Graph.InputShapesOf(group.Head)):
                return new ArithmeticOperator(layer.Function, Context, nodes, inputs, output);
            case Activation { Function: { } function } when IsBlocked(inputs[0]):
                return new ElementwiseOperator(function, Context, nodes, inputs, output);
            case PReLU when IsBlocked(inputs[0]):
                return new PReLUOperator(Context, nodes, inputs, output);
            case Dropout dropout when IsBlocked(inputs[0]):
                return new DropoutOperator(dropout.P, dropsMaps: false, Context, nodes, inputs, output);
            case Dropout2d dropout when IsBlocked(inputs[0]):
                return new DropoutOperator(dropout.P, dropsMaps: true, Context, nodes, inputs, output);
            case Softmax softmax when IsBlocked(inputs[0]) && output is { Height: 1, Width: 1 } && softmax.IsOverAll(output.Shape):
                return new SoftmaxOperator(Context, nodes, inputs, output);
            case Softmax softmax when IsBlocked(inputs[0]) && ChannelSoftmaxOperator.Suits(softmax, output.Shape):
                return new ChannelSoftmaxOperator(Context, nodes, inputs, output);
            case MaxPool2d when IsBlocked(inputs[0]):
                return new MaxPoolingOperator(Context, nodes, inputs, output);
            case GlobalAvgPool2d when IsBlocked(inputs[0]):
                return new GlobalAverageOperator(Context, nodes, inputs, output);
            default:
                return new FallbackOperator(Context, nodes[0], group, inputs, Graph.InputShapesOf(group.Head), output);
        }
    }

    private Epilogue EpilogueOf(FusionGroup group) => Epilogue.Of(_network, group, group.Residual is { } added ? MapOf(Graph.ValueOf(added)) : null);

    private static bool IsBlocked(BlockedMap map) => map.Inner == BlockedCorrelation.Block;
}
