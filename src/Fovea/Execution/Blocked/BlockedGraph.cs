using Fovea.Execution.Blocked.Int8;
using Fovea.Execution.Blocked.Operators;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Quantized;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked;

/// <summary>
/// An execution graph as operators over blocked maps, in the order in which they run. A value is kept in the type that its
/// readers want, bytes or floats; where they want both, or another than it was computed in, it is converted once.
/// </summary>
internal sealed class BlockedGraph
{
    private readonly Network _network;
    private readonly ElementTypes _types;
    private readonly IReadOnlyDictionary<(int Value, bool IsBytes), int> _halos;
    private readonly Dictionary<int, BlockedMap> _floats = [];
    private readonly Dictionary<int, BlockedMap> _bytes = [];
    private readonly Dictionary<int, FusionGroup> _makers;
    private readonly List<BlockedOperator> _operators = [];
    private readonly List<BlockedMap> _inputs = [];

    /// <param name="graph">What runs.</param>
    /// <param name="context">What the operators share.</param>
    public BlockedGraph(ExecutionGraph graph, BlockedContext context)
    {
        (Graph, _network, Context) = (graph, graph.Network, context);
        _types = new ElementTypes(graph);
        _halos = Halos.Of(graph, _types);
        _makers = graph.Groups.ToDictionary(group => group.Last);
        AddInputs();
        foreach (FusionGroup group in graph.Groups)
            Add(group);
        Output = Floats(graph.Output);
        (Inputs, Operators) = ([.. _inputs], [.. _operators]);
        var byGroup = _operators.Where(op => op.Nodes.Length > 0).ToDictionary(op => op.Group);
        Backward = [.. graph.Backward.Select(group => byGroup[group])];
    }

    public ExecutionGraph Graph { get; }

    public BlockedContext Context { get; }

    /// <summary>What the network's input is written to: floats, or bytes, or both.</summary>
    public BlockedMap[] Inputs { get; }

    /// <summary>The network's output.</summary>
    public BlockedMap Output { get; }

    /// <summary>In the order in which they run; those without nodes convert.</summary>
    public BlockedOperator[] Operators { get; }

    /// <summary>The operators whose backward runs, the last one first.</summary>
    public BlockedOperator[] Backward { get; }

    /// <summary>Where a value lies, as floats if it does so at all.</summary>
    public BlockedMap MapOf(int value) => _floats.TryGetValue(value, out BlockedMap? map) ? map : _bytes[value];

    /// <summary>What is to be there after a run.</summary>
    public IEnumerable<BlockedMap> Kept => [.. Inputs, Output, .. _makers.Keys.Where(Graph.IsKept).Select(MapOf)];

    private void AddInputs()
    {
        const int input = ExecutionGraph.Input, quad = QuantizedCorrelation.Quad;
        bool image = _types.WantsBytes(input) && _types.TakesQuads(input) && Graph.InputShape is { IsMaps: true, Channels: <= quad };
        if (image)
            _inputs.Add(NewBytes(input, Context.Options.Quantization!.RangeOf(NetworkBuilder.Input), quad));
        if (!image || _types.WantsFloats(input))
            _inputs.Add(NewFloats(input, IsNarrow(Graph) ? Graph.InputShape.Channels : BlockedCorrelation.Block));
    }

    /// <summary>Whether the input's channels lie side by side as they are, which only convolutions without groups read.</summary>
    private static bool IsNarrow(ExecutionGraph graph) =>
        graph.InputShape.IsMaps && graph.InputShape.Channels < BlockedCorrelation.Block && !graph.WantsGradient(ExecutionGraph.Input)
        && graph.ReadersOf(ExecutionGraph.Input).All(node => graph.Network.Nodes[node].Layer is Conv2d { Groups: 1 });

    private void Add(FusionGroup group)
    {
        Node[] nodes = group.NodesOf(_network);
        int input = group.Inputs is [var first, ..] ? first : ExecutionGraph.Input;
        bool readsBytes = group.Inputs.Length > 0 && _bytes.ContainsKey(input);
        switch (nodes[0].Layer)
        {
            case var _ when _types.RunsInBytes(group):
                BlockedMap[] from = [.. group.Inputs.Select(Bytes)];
                BlockedMap to = NewOutput(group);
                _operators.Add(_types.RunsByWinograd(group)
                    ? new QuantizedWinogradOperator(Context, group, nodes, from, to)
                    : new QuantizedConvolutionOperator(Context, group, nodes, from, to));
                break;
            case MaxPool2d when readsBytes:
                _operators.Add(new QuantizedMaxPoolingOperator(Context, group, nodes, [_bytes[input]], NewBytes(group.Last, _bytes[input].Range)));
                break;
            case GlobalAvgPool2d when readsBytes:
                _operators.Add(new QuantizedMeanOperator(Context, group, nodes, [_bytes[input]], NewOutput(group)));
                break;
            case Flatten when readsBytes:
                // Bytes keep their place when a vector is made of maps; a linear layer then reads them as maps.
                _bytes[group.Last] = _bytes[input];
                if (_types.WantsFloats(group.Last) || _floats.ContainsKey(input))
                    goto default;
                break;
            default:
                OperatorFactory make = BlockedOperatorTable.Find(Graph, group) ?? ((c, g, n, i, o) => new FallbackOperator(Graph, c, g, n, i, o));
                _operators.Add(make(Context, group, nodes, [.. group.Inputs.Select(Floats)], NewFloats(group.Last)));
                break;
        }
    }

    /// <summary>A value as bytes, converted if need be.</summary>
    private BlockedMap Bytes(int value)
    {
        if (_bytes.TryGetValue(value, out BlockedMap? map))
            return map;
        map = NewBytes(value);
        if (value == ExecutionGraph.Input)
            _inputs.Add(map);
        else
            _operators.Add(new QuantizeOperator(Context, _makers[value], _floats[value], map));
        return map;
    }

    /// <summary>A value as floats, converted if need be.</summary>
    private BlockedMap Floats(int value)
    {
        if (_floats.TryGetValue(value, out BlockedMap? map))
            return map;
        map = NewFloats(value);
        if (value == ExecutionGraph.Input)
            _inputs.Add(map);
        else
            _operators.Add(new DequantizeOperator(Context, _makers[value], _bytes[value], map));
        return map;
    }

    /// <summary>The output of a group that can write either.</summary>
    private BlockedMap NewOutput(FusionGroup group) => _types.WritesBytes(group) ? NewBytes(group.Last) : NewFloats(group.Last);

    private BlockedMap NewBytes(int value) => NewBytes(value, Context.Options.Quantization!.RangeOf(Graph.NameOf(value)));

    private BlockedMap NewBytes(int value, ActivationRange range, int inner = QuantizedCorrelation.Block) =>
        _bytes[value] = new BlockedMap(Graph.ShapeOf(value), _halos.GetValueOrDefault((value, true)), inner, range);

    private BlockedMap NewFloats(int value, int inner = BlockedCorrelation.Block) =>
        _floats[value] = new BlockedMap(Graph.ShapeOf(value), _halos.GetValueOrDefault((value, false)), inner);
}
