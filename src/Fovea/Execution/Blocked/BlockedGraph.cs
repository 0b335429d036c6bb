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
    private readonly IReadOnlyDictionary<int, int> _halos;
    private readonly Dictionary<int, BlockedMap> _maps = [];

    /// <param name="graph">What runs.</param>
    /// <param name="context">What the operators share.</param>
    public BlockedGraph(ExecutionGraph graph, BlockedContext context)
    {
        Graph = graph;
        _network = graph.Network;
        Context = context;
        _halos = Halos.Of(graph);
        Input = NewMap(ExecutionGraph.Input, IsNarrow(graph) ? graph.InputShape.Channels : BlockedCorrelation.Block);
        Operators = [.. graph.Groups.Select(Lower)];
        var byGroup = graph.Groups.Zip(Operators).ToDictionary(pair => pair.First, pair => pair.Second);
        Backward = [.. graph.Backward.Select(group => byGroup[group])];
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
        return Lower(group, group.NodesOf(_network), inputs, NewMap(group.Last));
    }

    private BlockedMap NewMap(int value, int inner = BlockedCorrelation.Block) =>
        _maps[value] = new BlockedMap(Graph.ShapeOf(value), _halos.GetValueOrDefault(value), inner);

    /// <summary>The operator that runs a group.</summary>
    /// <param name="group">What runs.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="inputs">What it reads; what is added, if anything, comes last.</param>
    /// <param name="output">What it writes.</param>
    private BlockedOperator Lower(FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
    {
        bool trains = Context.HasBackward;
        switch (nodes[0].Layer)
        {
            case Conv2d { Connections: null } conv when trains:
                return new TrainedConvolutionOperator(Context, group, nodes, inputs, output, EpilogueOf(group), ConvolutionCost.TrainingTile(conv, inputs[0].Shape, Context.Options));
            case BatchNorm2d when group.Pools:
                return new NormalizedPoolingOperator(Context, group, nodes, inputs, output, group.Lower, group.Upper);
            case BatchNorm2d when IsBlocked(inputs[0]):
                return new NormalizationOperator(Context, group, nodes, inputs, output, group.Lower, group.Upper);
            case Conv2d when group.Producer is { } producer:
                return new ExpandedDepthwiseOperator(Context, group, producer.NodesOf(_network), EpilogueOf(producer), nodes, inputs, output, EpilogueOf(group));
            case Conv2d conv when ConvolutionCost.Tile(conv, inputs[0].Shape, Context.Options) is > 0 and var tile:
                return new WinogradOperator(Context, group, nodes, inputs, output, EpilogueOf(group), tile);
            case Conv2d { Groups: 1, Connections: null }:
                return new ConvolutionOperator(Context, group, nodes, inputs, output, EpilogueOf(group));
            case Conv2d { IsDepthwise: true }:
                return new DepthwiseOperator(Context, group, nodes, inputs, output, EpilogueOf(group));
            case Conv2d { Connections: null }:
                return new GroupedConvolutionOperator(Context, group, nodes, inputs, output, EpilogueOf(group));
            case Linear when Graph.ShapeOf(group.Head).Rank == 1:
                return new DenseOperator(Context, group, nodes, inputs, output, group.Lower);
            case Flatten when !trains:
                return new FlattenOperator(Context, group, nodes, inputs, output);
            case Add when inputs.All(IsBlocked) && Graph.InputsAreOfOneShape(group.Head):
                return new AddClampOperator(Context, group, nodes, inputs, output, group.Lower, group.Upper);
            case Arithmetic layer when inputs.All(IsBlocked) && ArithmeticOperator.Suits(layer, Graph.InputShapesOf(group.Head)):
                return new ArithmeticOperator(layer.Function, Context, group, nodes, inputs, output);
            case Activation { Function: { } function } when IsBlocked(inputs[0]):
                return new ElementwiseOperator(function, Context, group, nodes, inputs, output);
            case PReLU when IsBlocked(inputs[0]):
                return new PReLUOperator(Context, group, nodes, inputs, output);
            case Dropout dropout when IsBlocked(inputs[0]):
                return new DropoutOperator(dropout.P, dropsMaps: false, Context, group, nodes, inputs, output);
            case Dropout2d dropout when IsBlocked(inputs[0]):
                return new DropoutOperator(dropout.P, dropsMaps: true, Context, group, nodes, inputs, output);
            case Softmax softmax when IsBlocked(inputs[0]) && output is { Height: 1, Width: 1 } && softmax.IsOverAll(output.Shape):
                return new SoftmaxOperator(Context, group, nodes, inputs, output);
            case Softmax softmax when IsBlocked(inputs[0]) && ChannelSoftmaxOperator.Suits(softmax, output.Shape):
                return new ChannelSoftmaxOperator(Context, group, nodes, inputs, output);
            case MaxPool2d when IsBlocked(inputs[0]):
                return new MaxPoolingOperator(Context, group, nodes, inputs, output);
            case GlobalAvgPool2d when IsBlocked(inputs[0]):
                return new GlobalAverageOperator(Context, group, nodes, inputs, output);
            default:
                return new FallbackOperator(Context, group, nodes[0], inputs, Graph.InputShapesOf(group.Head), output);
        }
    }

    private Epilogue EpilogueOf(FusionGroup group) => Epilogue.Of(_network, group, group.Residual is { } added ? MapOf(Graph.ValueOf(added)) : null);

    private static bool IsBlocked(BlockedMap map) => map.Inner == BlockedCorrelation.Block;
}
