using Fovea.Execution.Blocked;
using Fovea.Execution.Blocked.Operators;
using Fovea.Execution.Graph;
using Fovea.Execution.Quantized.Operators;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized;

/// <summary>
/// A network as operators over bytes where the scheme allows it, and over floats elsewhere, in the order in which they
/// run. An activation is kept in the form that its readers want; where they want both, or another than it was computed
/// in, it is converted once.
/// </summary>
internal sealed class QuantizedGraph
{
    private const int MaxImageChannels = QuantizedCorrelation.Quad;

    private readonly Network _network;
    private readonly QuantizationScheme _scheme;
    private readonly BlockedContext _context;
    private readonly Dictionary<int, QuantizedMap> _bytes = [];
    private readonly Dictionary<int, BlockedMap> _floats = [];
    private readonly List<QuantizedOperator> _operators = [];
    private readonly ILookup<int, FusionGroup> _readers;
    private readonly Dictionary<int, bool> _wantsBytes = [];
    private readonly Dictionary<int, bool> _wantsFloats = [];
    private readonly Dictionary<int, int> _bytesHalos = [];
    private readonly Dictionary<int, int> _floatsHalos = [];

    /// <exception cref="ArgumentException">The scheme does not fit the network.</exception>
    public QuantizedGraph(ExecutionGraph graph, QuantizationScheme scheme, BlockedContext context)
    {
        (Graph, _network, _scheme, _context) = (graph, graph.Network, scheme, context);
        SchemeCheck.Require(graph.Source, scheme);
        _readers = graph.Groups.SelectMany(group => ReadBy(group).Select(value => (value, group))).ToLookup(pair => pair.value, pair => pair.group);
        // From the last to the first, so that no question goes through the whole network.
        for (int node = _network.Nodes.Count - 1; node >= ExecutionGraph.Input; node--)
            (_wantsBytes[node], _wantsFloats[node]) = (FindWantsBytes(node), FindWantsFloats(node));
        AddInput();
        foreach (FusionGroup group in graph.Groups)
            Add(group);
        Output = Floats(_network.Nodes.Count - 1);
    }

    /// <summary>What runs as one in int8.</summary>
    public static ExecutionGraph Partition(Network network, PlanOptions options, Shape inputShape) => new(network, options, inputShape, new QuantizedRules(options));

    public ExecutionGraph Graph { get; }

    public BlockedContext Context => _context;

    public IReadOnlyList<QuantizedOperator> Operators => _operators;

    /// <summary>What makes bytes of the network's input, if it is an image that is read as bytes.</summary>
    public ImageOperator? Image { get; private set; }

    /// <summary>The network's input, if it is read as floats.</summary>
    public BlockedMap? Input => _floats.GetValueOrDefault(-1);

    /// <summary>The network's output.</summary>
    public BlockedMap Output { get; }

    /// <summary>Reads a node's output, as floats or as what its bytes stand for.</summary>
    /// <param name="node">The node, −1 for the network's input.</param>
    /// <param name="n">The sample.</param>
    /// <param name="destination">(C, H, W).</param>
    public void Read(int node, int n, Span<float> destination)
    {
        if (_floats.TryGetValue(node, out BlockedMap? map))
            map.Read(map.Values, n, destination);
        else
            _bytes[node].Read(n, destination);
    }

    private void AddInput()
    {
        bool image = Graph.InputShape.IsMaps && Graph.InputShape.Channels <= MaxImageChannels && TakesImages(-1);
        if (image && WantsBytes(-1))
        {
            _operators.Add(Image = new ImageOperator(NewBytes(-1, _scheme.RangeOf(NetworkBuilder.Input), MaxImageChannels)));
        }
        if (!image || WantsFloats(-1))
            NewFloats(-1);
    }

    private void Add(FusionGroup group)
    {
        Node head = _network.Nodes[group.Head];
        if (head.Inputs is not [var input, ..])
        {
            AddFloats(group, head);
            return;
        }
        switch (head.Layer)
        {
            case var layer when IsPassedThrough(layer, Graph.ShapeOf(input)):
                AddPassedThrough(group, head, input);
                break;
            case var _ when RunsInBytes(group):
                AddConvolution(group, head, input);
                break;
            case MaxPool2d pool when HasBytes(input):
                _operators.Add(new QuantizedMaxPoolingOperator(group, pool, Bytes(input), NewBytes(group.Last, Bytes(input).Range)));
                break;
            case GlobalAvgPool2d when HasBytes(input):
                (QuantizedMap? bytes, BlockedMap? floats) = NewOutput(group.Last);
                _operators.Add(new QuantizedMeanOperator(group, Bytes(input), bytes, floats));
                break;
            default:
                AddFloats(group, head);
                break;
        }
    }

    /// <summary>Bytes keep their place when a vector is made of maps; <see cref="Linear"/> then reads them as maps.</summary>
    private void AddPassedThrough(FusionGroup group, Node head, int input)
    {
        if (HasBytes(input))
            _bytes[group.Last] = Bytes(input);
        if (WantsFloats(group.Last) || _floats.ContainsKey(input))
        {
            if (Graph.ShapeOf(input).Height == 1 && Graph.ShapeOf(input).Width == 1 && Floats(input).Halo == 0 || head.Layer is not Flatten)
                _floats[group.Last] = Floats(input);
            else
                AddFloats(group, head);
        }
    }

    private void AddConvolution(FusionGroup group, Node head, int input)
    {
        QuantizedMap? residual = group.Residual is { } added ? Bytes(added) : null;
        QuantizedMap from = Bytes(input);
        (QuantizedMap? bytes, BlockedMap? floats) = residual is null ? NewOutput(group.Last) : (NewBytes(group.Last), null);
        if (RunsByWinograd(group, input))
            _operators.Add(new QuantizedWinogradOperator(_context, head, group, from, residual, bytes!));
        else
            _operators.Add(new QuantizedConvolutionOperator(head, _scheme, group, from, residual, bytes, floats));
    }

    private void AddFloats(FusionGroup group, Node head)
    {
        BlockedMap[] inputs = [.. head.Inputs.Select(Floats)];
        BlockedMap? residual = group.Residual is { } added ? Floats(added) : null;
        BlockedMap[] all = residual is null ? inputs : [.. inputs, residual];
        Node[] nodes = [.. group.Nodes.Select(node => _network.Nodes[node])];
        BlockedMap output = NewFloats(group.Last);
        var epilogue = Epilogue.Of(_network, group, residual);
        BlockedOperator op = head.Layer switch
        {
            Conv2d { Groups: 1, Connections: null } => new ConvolutionOperator(_context, group, nodes, all, output, epilogue),
            Conv2d { IsDepthwise: true, Connections: null } => new DepthwiseOperator(_context, group, nodes, all, output, epilogue),
            Conv2d { Connections: null } => new GroupedConvolutionOperator(_context, group, nodes, all, output, epilogue),
            BatchNorm2d => new NormalizationOperator(_context, group, nodes, all, output, group.Lower, group.Upper),
            Linear when output.Shape.Rank == 1 => new DenseOperator(_context, group, nodes, inputs, output, group.Lower),
            Layers.Add when Graph.InputsAreOfOneShape(group.Head) => new AddClampOperator(_context, group, nodes, inputs, output, group.Lower, group.Upper),
            Arithmetic layer when ArithmeticOperator.Suits(layer, Graph.InputShapesOf(group.Head)) => new ArithmeticOperator(layer.Function, _context, group, nodes, inputs, output),
            Activation { Function: { } function } => new ElementwiseOperator(function, _context, group, nodes, inputs, output),
            PReLU => new PReLUOperator(_context, group, nodes, inputs, output),
            Softmax softmax when output is { Height: 1, Width: 1 } && softmax.IsOverAll(output.Shape) => new SoftmaxOperator(_context, group, nodes, inputs, output),
            Softmax softmax when ChannelSoftmaxOperator.Suits(softmax, output.Shape) => new ChannelSoftmaxOperator(_context, group, nodes, inputs, output),
            GlobalAvgPool2d => new GlobalAverageOperator(_context, group, nodes, inputs, output),
            MaxPool2d => new MaxPoolingOperator(_context, group, nodes, inputs, output),
            _ => new FallbackOperator(_context, group, head, inputs, Graph.InputShapesOf(group.Head), output),
        };
        _operators.Add(new FloatOperator(op));
    }

    /// <summary>Bytes if a reader wants them, else floats.</summary>
    private (QuantizedMap?, BlockedMap?) NewOutput(int node) =>
        WantsBytes(node) ? (NewBytes(node), null) : (null, NewFloats(node));

    private QuantizedMap NewBytes(int node) => NewBytes(node, _scheme.RangeOf(Graph.NameOf(node)));

    private QuantizedMap NewBytes(int node, ActivationRange range, int inner = QuantizedCorrelation.Block) =>
        _bytes[node] = new QuantizedMap(Graph.ShapeOf(node), range, BytesHalo(node), _context.Batch, inner);

    private BlockedMap NewFloats(int node)
    {
        BlockedMap map = _floats[node] = new BlockedMap(Graph.ShapeOf(node), FloatsHalo(node));
        map.Values = new AlignedBuffer(checked(map.SampleLength * _context.Batch));
        return map;
    }

    /// <summary>An activation as bytes, converted if need be.</summary>
    private QuantizedMap Bytes(int node)
    {
        if (_bytes.TryGetValue(node, out QuantizedMap? map))
            return map;
        BlockedMap floats = _floats[node];
        map = NewBytes(node);
        _operators.Add(new QuantizeOperator(floats, map));
        return map;
    }

    /// <summary>An activation as floats, converted if need be.</summary>
    private BlockedMap Floats(int node)
    {
        if (_floats.TryGetValue(node, out BlockedMap? map))
            return map;
        map = NewFloats(node);
        _operators.Add(new DequantizeOperator(_bytes[node], map));
        return map;
    }

    /// <summary>Whether a node's output is computed as bytes.</summary>
    public bool IsInt8(int node) => HasBytes(node);

    private bool HasBytes(int node) => _bytes.ContainsKey(node);

    /// <summary>An input of another shape than the network's own may make more than a vector of what a linear layer gives.</summary>
    private bool RunsInBytes(FusionGroup group) =>
        _network.Nodes[group.Head] is var head && _scheme.WeightScales.ContainsKey(head.Name) && QuantizedConvolutionOperator.Suits(head.Layer, Graph.ShapeOf(group.Head));

    /// <summary>Whether a convolution that runs in bytes does so by Winograd's transform, which makes bytes, too.</summary>
    private bool RunsByWinograd(FusionGroup group, int input) => _context.Options.Winograd && (group.Residual is not null || WantsBytes(group.Last))
        && QuantizedWinogradOperator.Suits(_network.Nodes[group.Head].Layer, Graph.ShapeOf(input));

    /// <summary>Whether some operator reads the activation as bytes.</summary>
    private bool WantsBytes(int node) => _wantsBytes.TryGetValue(node, out bool wants) ? wants : FindWantsBytes(node);

    private bool FindWantsBytes(int node) => Readers(node).Any(group => _network.Nodes[group.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, Graph.ShapeOf(node)) => WantsBytes(group.Last),
        MaxPool2d or GlobalAvgPool2d => WantsBytes(group.Last),
        _ => RunsInBytes(group),
    });

    /// <summary>Whether some operator, or the caller, reads the activation as floats.</summary>
    private bool WantsFloats(int node) => _wantsFloats.TryGetValue(node, out bool wants) ? wants : FindWantsFloats(node);

    private bool FindWantsFloats(int node) => node == _network.Nodes.Count - 1 || Readers(node).Any(group => _network.Nodes[group.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, Graph.ShapeOf(node)) => WantsFloats(group.Last),
        MaxPool2d or GlobalAvgPool2d => !WantsBytes(node),
        _ => !RunsInBytes(group),
    });

    /// <summary>The frame around an activation's bytes: what convolutions that read them as such want.</summary>
    private int BytesHalo(int node)
    {
        if (!_bytesHalos.TryGetValue(node, out int halo))
            _bytesHalos.Add(node, halo = FindBytesHalo(node));
        return halo;
    }

    private int FindBytesHalo(int node) => Readers(node).Select(group => _network.Nodes[group.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, Graph.ShapeOf(node)) => BytesHalo(group.Last),
        Conv2d conv when RunsInBytes(group) && _network.Nodes[group.Head].Inputs[0] == node =>
            RunsByWinograd(group, node) ? QuantizedWinogradOperator.Halo(Graph.ShapeOf(node)) : BlockedTaps.Halo(conv.WindowFor(Graph.ShapeOf(node))),
        _ => 0,
    }).Prepend(0).Max();

    /// <summary>The frame around an activation's floats: what convolutions that read them as such want.</summary>
    private int FloatsHalo(int node)
    {
        if (!_floatsHalos.TryGetValue(node, out int halo))
            _floatsHalos.Add(node, halo = FindFloatsHalo(node));
        return halo;
    }

    private int FindFloatsHalo(int node) => Readers(node).Select(group => _network.Nodes[group.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, Graph.ShapeOf(node)) => FloatsHalo(group.Last),
        Conv2d { Connections: null } conv when !RunsInBytes(group) && _network.Nodes[group.Head].Inputs[0] == node => BlockedTaps.Halo(conv.WindowFor(Graph.ShapeOf(node))),
        _ => 0,
    }).Prepend(0).Max();

    /// <summary>Whether all that reads the network's input as bytes can take four channels of a pixel side by side: what multiplies with weights can.</summary>
    private bool TakesImages(int node) => Readers(node).All(group => group.Residual != node && _network.Nodes[group.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, Graph.ShapeOf(node)) => TakesImages(group.Last),
        MaxPool2d or GlobalAvgPool2d => false,
        _ => true,
    });

    private IEnumerable<FusionGroup> Readers(int node) => _readers[node];

    private IEnumerable<int> ReadBy(FusionGroup group) =>
        (group.Residual is { } residual ? _network.Nodes[group.Head].Inputs.Append(residual) : _network.Nodes[group.Head].Inputs).Distinct();

    /// <summary>Whether the layer leaves every value as it is.</summary>
    private static bool IsPassedThrough(Layer layer, Shape input) => layer switch
    {
        Flatten or Dropout or Dropout2d => true,
        AdaptiveAvgPool2d => layer.OutputShape(input) == input,
        _ => false,
    };
}
