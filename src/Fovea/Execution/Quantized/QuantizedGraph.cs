using Fovea.Execution.Blocked;
using Fovea.Execution.Blocked.Operators;
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
    private const int MostPictureChannels = QuantizedCorrelation.Quad;

    private readonly Network _network;
    private readonly QuantizationScheme _scheme;
    private readonly BlockedContext _context;
    private readonly Shape _inputShape;
    private readonly bool _winograd;
    private readonly Shape[] _shapes;
    private readonly IReadOnlyList<BlockedChain> _chains;
    private readonly Dictionary<int, QuantizedMap> _bytes = [];
    private readonly Dictionary<int, BlockedMap> _floats = [];
    private readonly List<QuantizedOperator> _operators = [];

    /// <exception cref="ShapeException">A layer cannot take its input.</exception>
    /// <exception cref="ArgumentException">The scheme does not fit the network.</exception>
    public QuantizedGraph(Network network, QuantizationScheme scheme, BlockedContext context, Shape inputShape, bool winograd)
    {
        (_network, _scheme, _context, _inputShape, _winograd) = (network, scheme, context, inputShape, winograd);
        scheme.RequireFit(network);
        _shapes = new Shape[network.Nodes.Count];
        for (int i = 0; i < _shapes.Length; i++)
            _shapes[i] = network.Nodes[i].Layer.OutputShape([.. network.Nodes[i].Inputs.Select(ShapeOf)]);
        _chains = BlockedChain.Cut(network, fuses: true, training: false);
        AddInput();
        foreach (BlockedChain chain in _chains)
            Add(chain);
        Output = Floats(_shapes.Length - 1);
        foreach (QuantizedOperator op in _operators)
            op.WantHalos();
        foreach (QuantizedMap map in _bytes.Values.Distinct())
            map.Allocate(context.Batch);
        foreach (BlockedMap map in _floats.Values.Distinct())
            map.Values = new AlignedBuffer(checked(map.SampleLength * context.Batch));
        foreach (QuantizedOperator op in _operators)
            op.Bind();
    }

    public BlockedContext Context => _context;

    public IReadOnlyList<QuantizedOperator> Operators => _operators;

    /// <summary>What makes bytes of the network's input, if it is a picture that is read as bytes.</summary>
    public PictureOperator? Picture { get; private set; }

    /// <summary>The network's input, if it is read as floats.</summary>
    public BlockedMap? Input => _floats.GetValueOrDefault(-1);

    /// <summary>The network's output.</summary>
    public BlockedMap Output { get; }

    private Shape ShapeOf(int node) => node < 0 ? _inputShape : _shapes[node];

    private string NameOf(int node) => node < 0 ? NetworkBuilder.Input : _network.Nodes[node].Name;

    private void AddInput()
    {
        bool picture = _inputShape.IsMaps && _inputShape.Channels <= MostPictureChannels && TakePictures(-1);
        if (picture && WantsBytes(-1))
        {
            _bytes[-1] = new QuantizedMap(_inputShape, _scheme.RangeOf(NetworkBuilder.Input), MostPictureChannels);
            _operators.Add(Picture = new PictureOperator(_bytes[-1]));
        }
        if (!picture || WantsFloats(-1))
            _floats[-1] = new BlockedMap(_inputShape);
    }

    private void Add(BlockedChain chain)
    {
        Node head = _network.Nodes[chain.Head];
        int input = head.Inputs[0];
        switch (head.Layer)
        {
            case var layer when IsPassedThrough(layer, ShapeOf(input)):
                AddPassedThrough(chain, head, input);
                break;
            case var _ when RunsInBytes(chain):
                AddConvolution(chain, head, input);
                break;
            case MaxPool2d pool when HasBytes(input):
                _bytes[chain.Last] = new QuantizedMap(_shapes[chain.Last], Bytes(input).Range);
                _operators.Add(new QuantizedMaxPoolingOperator(pool, Bytes(input), _bytes[chain.Last]));
                break;
            case GlobalAvgPool2d when HasBytes(input):
                (QuantizedMap? bytes, BlockedMap? floats) = NewOutput(chain.Last);
                _operators.Add(new QuantizedMeanOperator(Bytes(input), bytes, floats));
                break;
            default:
                AddFloats(chain, head);
                break;
        }
    }

    /// <summary>Bytes keep their place when a vector is made of maps; <see cref="Linear"/> then reads them as maps.</summary>
    private void AddPassedThrough(BlockedChain chain, Node head, int input)
    {
        if (HasBytes(input))
            _bytes[chain.Last] = Bytes(input);
        if (!HasBytes(input) || WantsFloats(chain.Last))
        {
            if (ShapeOf(input).Height == 1 && ShapeOf(input).Width == 1 || head.Layer is not Flatten)
                _floats[chain.Last] = Floats(input);
            else
                AddFloats(chain, head);
        }
    }

    private void AddConvolution(BlockedChain chain, Node head, int input)
    {
        QuantizedMap? residual = chain.Residual is { } added ? Bytes(added) : null;
        QuantizedMap from = Bytes(input);
        (QuantizedMap? bytes, BlockedMap? floats) = residual is null ? NewOutput(chain.Last) : (NewBytes(chain.Last), null);
        if (_winograd && bytes is not null && QuantizedWinogradOperator.Suits(head.Layer, from))
            _operators.Add(new QuantizedWinogradOperator(_context, head, chain, from, residual, bytes));
        else
            _operators.Add(new QuantizedConvolutionOperator(head, _scheme, chain, from, residual, bytes, floats));
    }

    private void AddFloats(BlockedChain chain, Node head)
    {
        BlockedMap[] inputs = [.. head.Inputs.Select(Floats)];
        BlockedMap? residual = chain.Residual is { } added ? Floats(added) : null;
        BlockedMap[] all = residual is null ? inputs : [.. inputs, residual];
        Node[] nodes = [.. chain.Nodes.Select(node => _network.Nodes[node])];
        BlockedMap output = _floats[chain.Last] = new BlockedMap(_shapes[chain.Last]);
        var epilogue = Epilogue.Of(_network, chain, residual);
        BlockedOperator op = head.Layer switch
        {
            Conv2d { Groups: 1, Connections: null } => new ConvolutionOperator(_context, nodes, all, output, epilogue),
            Conv2d { Connections: null } conv when conv.Groups == conv.InChannels && conv.Groups == conv.OutChannels => new DepthwiseOperator(_context, nodes, all, output, epilogue),
            Linear => new DenseOperator(_context, nodes, inputs, output, chain.Lower),
            Layers.Add => new MergeOperator(_context, nodes, inputs, output, chain.Lower, chain.Upper),
            Activation { Function: { } function } => new ElementwiseOperator(function, _context, nodes, inputs, output),
            Softmax when output is { Height: 1, Width: 1 } => new SoftmaxOperator(_context, nodes, inputs, output),
            GlobalAvgPool2d => new GlobalAverageOperator(_context, nodes, inputs, output),
            MaxPool2d => new MaxPoolingOperator(_context, nodes, inputs, output),
            _ => new BridgedOperator(_context, head, chain.Head, inputs, output),
        };
        _operators.Add(new FloatOperator(op));
    }

    /// <summary>Bytes if a reader wants them, else floats.</summary>
    private (QuantizedMap?, BlockedMap?) NewOutput(int node) =>
        WantsBytes(node) ? (NewBytes(node), null) : (null, _floats[node] = new BlockedMap(_shapes[node]));

    private QuantizedMap NewBytes(int node) => _bytes[node] = new QuantizedMap(ShapeOf(node), _scheme.RangeOf(NameOf(node)));

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
        map = _floats[node] = new BlockedMap(ShapeOf(node));
        _operators.Add(new DequantizeOperator(_bytes[node], map));
        return map;
    }

    private bool HasBytes(int node) => _bytes.ContainsKey(node);

    private bool RunsInBytes(BlockedChain chain) => _scheme.WeightScales.ContainsKey(_network.Nodes[chain.Head].Name);

    /// <summary>Whether some operator reads the activation as bytes.</summary>
    private bool WantsBytes(int node) => Readers(node).Any(chain => _network.Nodes[chain.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, ShapeOf(node)) => WantsBytes(chain.Last),
        MaxPool2d or GlobalAvgPool2d => WantsBytes(chain.Last),
        _ => RunsInBytes(chain),
    });

    /// <summary>Whether some operator, or the caller, reads the activation as floats.</summary>
    private bool WantsFloats(int node) => node == _shapes.Length - 1 || Readers(node).Any(chain => _network.Nodes[chain.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, ShapeOf(node)) => WantsFloats(chain.Last),
        MaxPool2d or GlobalAvgPool2d => !WantsBytes(node),
        _ => !RunsInBytes(chain),
    });

    /// <summary>Whether all that reads the network's input as bytes can take four channels of a pixel side by side: what multiplies with weights can.</summary>
    private bool TakePictures(int node) => Readers(node).All(chain => chain.Residual != node && _network.Nodes[chain.Head].Layer switch
    {
        var layer when IsPassedThrough(layer, ShapeOf(node)) => TakePictures(chain.Last),
        MaxPool2d or GlobalAvgPool2d => false,
        _ => true,
    });

    private IEnumerable<BlockedChain> Readers(int node) =>
        _chains.Where(chain => _network.Nodes[chain.Head].Inputs.Contains(node) || chain.Residual == node);

    /// <summary>Whether the layer leaves every value as it is.</summary>
    private static bool IsPassedThrough(Layer layer, Shape input) => layer switch
    {
        Flatten or Dropout or Dropout2d => true,
        AdaptiveAvgPool2d => layer.OutputShape(input) == input,
        _ => false,
    };
}
