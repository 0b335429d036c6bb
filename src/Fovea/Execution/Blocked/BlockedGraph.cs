using Fovea.Execution.Blocked.Operators;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>A network as operators over blocked maps, in the order in which they run.</summary>
internal sealed class BlockedGraph
{
    private readonly Network _network;
    private readonly bool _winograd;
    private readonly Shape[] _shapes;
    private readonly BlockedMap?[] _maps;

    /// <summary>Depthwise convolutions with the 1 × 1 convolutions that run as one with them.</summary>
    private readonly Dictionary<BlockedChain, BlockedChain> _expansions;

    /// <param name="network">The network.</param>
    /// <param name="context">How it is to run.</param>
    /// <param name="inputShape">The shape of one input sample.</param>
    /// <param name="fuses">Whether activations that nobody asked for may vanish inside operators.</param>
    /// <param name="winograd">Whether convolutions may be computed by Winograd's transform.</param>
    /// <exception cref="ShapeException">A layer cannot take its input.</exception>
    public BlockedGraph(Network network, BlockedContext context, Shape inputShape, bool fuses, bool winograd)
    {
        _winograd = winograd;
        _network = network;
        Context = context;
        _shapes = new Shape[network.Nodes.Count];
        _maps = new BlockedMap?[network.Nodes.Count];
        bool narrow = inputShape.IsMaps && inputShape.Channels < BlockedCorrelation.Block && !context.InputGradient
            && network.Nodes.All(node => !node.Inputs.Contains(-1) || node.Layer is Conv2d);
        Input = narrow ? new BlockedMap(inputShape, inputShape.Channels) : new BlockedMap(inputShape);
        for (int i = 0; i < _shapes.Length; i++)
            _shapes[i] = OutputShape(network.Nodes[i], inputShape);
        IReadOnlyList<BlockedChain> chains = BlockedChain.Cut(network, fuses, context.Training);
        _expansions = fuses && !context.Training ? Expansions(chains) : [];
        Operators = [.. chains.Where(chain => !_expansions.ContainsValue(chain)).Select(Make).OfType<BlockedOperator>()];
        if (context.Training)
            Backward = BlockedGradientFlow.Aim(this);
        foreach (BlockedOperator op in Operators)
            op.WantHalos();
    }

    public BlockedContext Context { get; }

    /// <summary>The network's input.</summary>
    public BlockedMap Input { get; }

    /// <summary>The network's output.</summary>
    public BlockedMap Output => MapOf(_maps.Length - 1);

    public IReadOnlyList<BlockedOperator> Operators { get; }

    /// <summary>The operators whose backward runs, the last one first; empty in inference.</summary>
    public BlockedOperator[] Backward { get; } = [];

    /// <summary>A node's output.</summary>
    /// <exception cref="InvalidOperationException">It vanished inside an operator.</exception>
    public BlockedMap MapOf(int node) => node < 0 ? Input
        : _maps[node] ?? throw new InvalidOperationException($"the activation of '{_network.Nodes[node].Name}' lies inside a fused operator; compile with KeepActivations");

    /// <summary>The shape of a node's output, or of the network's input (−1).</summary>
    public Shape ShapeOf(int node) => node < 0 ? Input.Shape : _shapes[node];

    private Shape OutputShape(Node node, Shape inputShape)
    {
        Shape[] inputs = [.. node.Inputs.Select(input => input < 0 ? inputShape : _shapes[input])];
        try
        {
            return node.Layer.OutputShape(inputs);
        }
        catch (ShapeException error)
        {
            throw new ShapeException($"network '{_network.Name}' cannot take {inputShape}: node '{node.Name}' got {string.Join(" and ", inputs)}: {error.Message}", error);
        }
    }

    /// <summary>Makes a chain's operator, and the map of its last node.</summary>
    private BlockedOperator? Make(BlockedChain chain)
    {
        Node head = _network.Nodes[chain.Head];
        Node[] nodes = [.. chain.Nodes.Select(node => _network.Nodes[node])];
        BlockedChain? expansion = _expansions.GetValueOrDefault(chain);
        BlockedMap[] inputs = [.. (expansion is null ? head : _network.Nodes[expansion.Head]).Inputs.Select(MapOf)];
        if (IsSame(head, inputs[0]))
        {
            _maps[chain.Last] = inputs[0];
            return null;
        }
        BlockedMap output = new(_shapes[chain.Last]);
        _maps[chain.Last] = output;
        BlockedMap? residual = chain.Residual is { } added ? MapOf(added) : null;
        switch (head.Layer)
        {
            case Conv2d { Groups: 1, Connections: null } conv when Context.Training:
                return new TrainedConvolutionOperator(
                    Context, nodes, All(), output, Epilogue.Of(_network, chain, residual), _winograd ? ConvolutionCost.TrainingTile(conv, inputs[0], Context.Batch) : 0);
            case BatchNorm2d when chain.Pools:
                return new NormalizedPoolingOperator(Context, nodes, inputs, output, chain.Lower, chain.Upper);
            case BatchNorm2d when Context.Training:
                return new NormalizationOperator(Context, nodes, All(), output, chain.Lower, chain.Upper);
            case Conv2d when expansion is not null:
                Node[] expanding = [.. expansion.Nodes.Select(node => _network.Nodes[node])];
                return new ExpandedDepthwiseOperator(Context, expanding, Epilogue.Of(_network, expansion, null), nodes, All(), output, Epilogue.Of(_network, chain, residual));
            case Conv2d conv when _winograd && ConvolutionCost.Tile(conv, inputs[0], Context.Batch) is > 0 and var tile:
                return new WinogradOperator(Context, nodes, All(), output, Epilogue.Of(_network, chain, residual), tile);
            case Conv2d { Groups: 1, Connections: null }:
                return new ConvolutionOperator(Context, nodes, All(), output, Epilogue.Of(_network, chain, residual));
            case Conv2d { Connections: null } depthwise when !Context.Training && depthwise.Groups == depthwise.InChannels && depthwise.Groups == depthwise.OutChannels && IsBlocked(inputs[0]):
                return new DepthwiseOperator(Context, nodes, All(), output, Epilogue.Of(_network, chain, residual));
            case Linear:
                return new DenseOperator(Context, nodes, inputs, output, chain.Lower);
            case Flatten when !Context.Training:
                return new FlattenOperator(Context, nodes, inputs, output);
            case Add when inputs.All(IsBlocked):
                return new MergeOperator(Context, nodes, inputs, output, chain.Lower, chain.Upper);
            case Activation { Function: { } function } when IsBlocked(inputs[0]):
                return new ElementwiseOperator(function, Context, nodes, inputs, output);
            case Softmax when IsBlocked(inputs[0]) && output is { Height: 1, Width: 1 }:
                return new SoftmaxOperator(Context, nodes, inputs, output);
            case MaxPool2d when IsBlocked(inputs[0]):
                return new MaxPoolingOperator(Context, nodes, inputs, output);
            case GlobalAvgPool2d when IsBlocked(inputs[0]):
                return new GlobalAverageOperator(Context, nodes, inputs, output);
            default:
                return new BridgedOperator(Context, head, chain.Head, inputs, output);
        }

        BlockedMap[] All() => residual is null ? inputs : [.. inputs, residual];
    }

    /// <summary>The depthwise convolutions that alone read what a 1 × 1 convolution makes.</summary>
    private Dictionary<BlockedChain, BlockedChain> Expansions(IReadOnlyList<BlockedChain> chains)
    {
        var expansions = new Dictionary<BlockedChain, BlockedChain>();
        foreach (BlockedChain chain in chains)
            if (_network.Nodes[chain.Head] is { Layer: Conv2d depthwise } node
                && chains.FirstOrDefault(other => other.Last == node.Inputs[0]) is { Residual: null } before
                && _network.Nodes[before.Head].Layer is Conv2d expanding
                && ExpandedDepthwiseOperator.Suits(expanding, depthwise)
                && _network.Nodes.Count(reader => reader.Inputs.Contains(before.Last)) == 1)
                expansions.Add(chain, before);
        return expansions;
    }

    private static bool IsBlocked(BlockedMap map) => map.Inner == BlockedCorrelation.Block;

    /// <summary>
    /// Whether a map has surely no frame, so that its channels lie side by side as a vector's do: convolutions want one around
    /// what they read and, for their input's gradient, around what they write.
    /// </summary>
    private bool HasNoFrame(int node) => node >= 0
        && (_network.Nodes[node].Layer is GlobalAvgPool2d or MaxPool2d or AvgPool2d || _network.Nodes[node].Layer is AdaptiveAvgPool2d && ShapeOf(_network.Nodes[node].Inputs[0]) != ShapeOf(node))
        && _network.Nodes.Count(reader => reader.Inputs.Contains(node)) == 1;

    /// <summary>Whether the layer only gives its input another name.</summary>
    private bool IsSame(Node node, BlockedMap input) => node.Layer switch
    {
        Flatten => input.Height == 1 && input.Width == 1 && HasNoFrame(node.Inputs[0]),
        Dropout or Dropout2d => !Context.Training,
        AdaptiveAvgPool2d => node.Layer.OutputShape(input.Shape) == input.Shape,
        _ => false,
    };
}
