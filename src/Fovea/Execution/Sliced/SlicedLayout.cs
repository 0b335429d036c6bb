using Fovea.Execution.Graph;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced;

/// <summary>
/// Lowers an execution graph, or a segment of it, to operators over slices and decides where every buffer lies. What it reads
/// takes the first places of a slice's activations, every group's output follows. A gradient lies where its activation lies, in a
/// buffer of its own.
/// </summary>
internal sealed class SlicedLayout
{
    private const int Alignment = 16;

    private readonly int _lanes;
    private readonly int _slices;
    private readonly List<SlicedNode> _nodes = [];
    private readonly Dictionary<int, int> _offsets = [];
    private readonly Dictionary<FusionGroup, SlicedNode> _byGroup = [];

    public SlicedLayout(ExecutionGraph graph, int lanes, int slices) : this(graph, [ExecutionGraph.Input], graph.Groups, graph.Backward, lanes, slices) { }

    /// <param name="graph">What the groups are of.</param>
    /// <param name="inputs">The values that are there before.</param>
    /// <param name="groups">What runs, in order.</param>
    /// <param name="backward">Whose backward runs, the last one first.</param>
    /// <param name="lanes">How many samples lie side by side.</param>
    /// <param name="slices">How many slices the largest batch has.</param>
    public SlicedLayout(ExecutionGraph graph, int[] inputs, IReadOnlyList<FusionGroup> groups, IReadOnlyList<FusionGroup> backward, int lanes, int slices)
    {
        Graph = graph;
        _lanes = lanes;
        _slices = slices;
        foreach (int input in inputs)
            _offsets[input] = Reserve(graph.ShapeOf(input).Length);
        foreach (FusionGroup group in groups)
            Place(group);
        foreach (SlicedNode node in _nodes)
            if (DeferredParameterOf(node.Operator, node.Node) is { } deferred)
                node.ParameterOffsets[deferred] += ParameterLength;
        Nodes = [.. _nodes];
        Backward = [.. backward.Select(group => _byGroup[group])];
    }

    public ExecutionGraph Graph { get; }

    /// <summary>One a group, in the order in which they run.</summary>
    public SlicedNode[] Nodes { get; }

    /// <summary>The nodes whose backward runs, the last one first.</summary>
    public SlicedNode[] Backward { get; }

    /// <summary>Floats of a slice's activations.</summary>
    public int ActivationLength { get; private set; }

    /// <summary>Floats that a slice keeps for backward.</summary>
    public int StateLength { get; private set; }

    /// <summary>Floats of the parameters' gradients that slices add to.</summary>
    public int ParameterLength { get; private set; }

    /// <summary>Floats of the gradients that are computed when all slices are through; they lie behind the others.</summary>
    public int DeferredLength { get; private set; }

    /// <summary>Floats of the largest scratch that an operator needs.</summary>
    public int ScratchLength { get; private set; }

    /// <summary>Floats for the gradients of one node's inputs that wait to be added.</summary>
    public int SumLength { get; private set; }

    /// <summary>Where a value lies among a slice's activations, and its gradient among the gradients.</summary>
    public (int Offset, int Length) PlaceOf(int value) => (_offsets[value], Graph.ShapeOf(value).Length * _lanes);

    private void Place(FusionGroup group)
    {
        Node node = NodeOf(group);
        Shape[] inputs = [.. node.Inputs.Select(Graph.ShapeOf)];
        Shape output = Graph.ShapeOf(group.Last);
        Operator op = OperatorTable.Create(new OperatorContext
        {
            Node = node,
            NodeIndex = group.Head,
            Inputs = inputs,
            Output = output,
            Lanes = _lanes,
            Slices = _slices,
            Options = Graph.Options,
        });
        int? deferred = DeferredParameterOf(op, node);
        int[] sums = new int[inputs.Length];
        int sum = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            sums[i] = sum;
            sum = checked(sum + Align(checked(inputs[i].Length * _lanes)));
        }
        SumLength = Math.Max(SumLength, sum);
        ScratchLength = Math.Max(ScratchLength, op.ScratchLength);
        int state = StateLength;
        StateLength = checked(StateLength + Align(op.StateLength));
        var placed = new SlicedNode
        {
            Node = node,
            Group = group,
            Operator = op,
            InputOffsets = [.. group.Inputs.Select(input => _offsets[input])],
            InputLengths = [.. inputs.Select(input => input.Length * _lanes)],
            OutputOffset = _offsets[group.Last] = Reserve(output.Length),
            OutputLength = checked(output.Length * _lanes),
            StateOffset = state,
            ParameterOffsets = [.. node.Parameters.Select((parameter, i) => Wants(parameter) ? ReserveParameter(parameter.Value.Length, i == deferred) : -1)],
            Targets = group.Targets,
            Traces = deferred is null ? null : new AlignedBuffer(checked(op.TraceLength * _slices)),
            SumOffsets = sums,
        };
        _nodes.Add(placed);
        _byGroup.Add(group, placed);
    }

    /// <summary>A group as one node.</summary>
    private Node NodeOf(FusionGroup group)
    {
        Node[] nodes = group.NodesOf(Graph.Network);
        return nodes is [{ Layer: Layers.Conv2d convolution } head, _, { Layer: Layers.MaxPool2d pooling } last]
            ? new Node(string.Join('+', nodes.Select(node => node.Name)), new ConvReLUMaxPool(convolution, pooling), head.Inputs, last.OutputShape, head.Parameters)
            : nodes[0];
    }

    private int Reserve(int length)
    {
        int offset = ActivationLength;
        ActivationLength = checked(ActivationLength + Align(checked(length * _lanes)));
        return offset;
    }

    private int ReserveParameter(int length, bool deferred)
    {
        int offset = deferred ? DeferredLength : ParameterLength;
        if (deferred)
            DeferredLength = checked(DeferredLength + Align(length));
        else
            ParameterLength = checked(ParameterLength + Align(length));
        return offset;
    }

    private bool Wants(Parameter parameter) => Graph.Options.ParameterGradients && parameter.Learns;

    private int? DeferredParameterOf(Operator op, Node node) =>
        op.DeferredParameter is { } deferred && Wants(node.Parameters[deferred]) ? deferred : null;

    private static int Align(int length) => checked(length + Alignment - 1) / Alignment * Alignment;
}
