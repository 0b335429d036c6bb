using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// Compiles a network: makes the operators and decides where every buffer lies. The network's input takes the first
/// place of a slice's activations; every node's output follows, but an identity shares its input's place. A gradient
/// lies where its activation lies, in a buffer of its own.
/// </summary>
internal sealed class PlanLayout
{
    private const int Alignment = 16;

    private readonly int _lanes;
    private readonly Shape _inputShape;
    private readonly List<PlanNode> _nodes = [];

    public PlanLayout(Network network, PlanOptions options, Shape inputShape, int lanes, int slices)
    {
        _lanes = lanes;
        _inputShape = inputShape;
        bool training = options.Mode == PlanMode.Training;
        ActivationLength = Align(checked(inputShape.Length * lanes));
        bool fuses = !options.KeepActivations && lanes > 1;
        IReadOnlyList<(Node Node, int Index)> nodes = fuses ? ConvReLUMaxPool.Fuse(network.Nodes) : [.. network.Nodes.Select((node, index) => (node, index))];
        int[] readers = new int[nodes.Count + 1];
        foreach (int input in nodes.SelectMany(pair => pair.Node.Inputs))
            readers[input + 1]++;
        foreach ((Node node, int index) in nodes)
            Place(network, node, index, readers, training, slices);
        foreach (PlanNode node in _nodes)
            if (LateParameterOf(node.Operator, node.Node) is { } late)
                node.ParameterOffsets[late] += ParameterLength;
        if (training)
            AimGradients(options.InputGradient);
    }

    public IReadOnlyList<PlanNode> Nodes => _nodes;

    /// <summary>Floats of a slice's activations.</summary>
    public int ActivationLength { get; private set; }

    /// <summary>Floats that a slice keeps for backward.</summary>
    public int StateLength { get; private set; }

    /// <summary>Floats of the parameters' gradients that slices add to.</summary>
    public int ParameterLength { get; private set; }

    /// <summary>Floats of the gradients that are computed late; they lie behind the others.</summary>
    public int LateLength { get; private set; }

    /// <summary>Floats of scratch for the neediest operator.</summary>
    public int ScratchLength { get; private set; }

    /// <summary>Floats for the gradients of one node's inputs that wait to be added.</summary>
    public int SumLength { get; private set; }

    /// <summary>Which nodes' backward runs at all: those that have parameters to learn below or at them.</summary>
    public bool[] RunsBackward { get; private set; } = [];

    /// <param name="network">For messages.</param>
    /// <param name="node">The node; its inputs are numbers of planned nodes.</param>
    /// <param name="index">The number of the node, or of its first part, in the network.</param>
    /// <param name="readers">How many read the network's input and each node.</param>
    /// <param name="training">Whether there is a backward.</param>
    /// <param name="slices">Slices of the largest batch.</param>
    private void Place(Network network, Node node, int index, int[] readers, bool training, int slices)
    {
        Shape[] inputs = [.. node.Inputs.Select(input => input < 0 ? _inputShape : _nodes[input].OutputShape)];
        Shape output;
        try
        {
            output = node.Layer.OutputShape(inputs);
        }
        catch (ShapeException error)
        {
            throw new ShapeException($"network '{network.Name}' cannot take {_inputShape}: node '{node.Name}' got {string.Join(" and ", inputs)}: {error.Message}", error);
        }
        Operator op = OperatorTable.Create(new OperatorContext
        {
            Node = node,
            NodeIndex = index,
            Inputs = inputs,
            Output = output,
            Lanes = _lanes,
            Slices = slices,
            Training = training,
        });

        int[] inputOffsets = [.. node.Inputs.Select(input => input < 0 ? 0 : _nodes[input].OutputOffset)];
        // One reader only: otherwise both would share one gradient.
        bool shares = op.IsIdentity && (!training || readers[node.Inputs[0] + 1] == 1);
        int outputOffset = shares ? inputOffsets[0] : Reserve(output.Length);
        int? late = LateParameterOf(op, node);
        int[] parameterOffsets = [.. node.Parameters.Select((parameter, i) => parameter.IsTrainable ? ReserveParameter(parameter.Value.Length, i == late) : -1)];
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
        _nodes.Add(new PlanNode
        {
            Node = node,
            Operator = shares ? op : op.IsIdentity ? new Operators.CopyOperator(op) : op,
            OutputShape = output,
            InputOffsets = inputOffsets,
            InputLengths = [.. inputs.Select(input => input.Length * _lanes)],
            OutputOffset = outputOffset,
            OutputLength = checked(output.Length * _lanes),
            StateOffset = state,
            ParameterOffsets = parameterOffsets,
            Traces = training && late is not null ? new AlignedBuffer(checked(op.TraceLength * slices)) : null,
            SumOffsets = sums,
        });
    }

    /// <summary>
    /// Decides which gradients are wanted, and who writes and who adds where several nodes read one output. Backward
    /// runs from the last node to the first, so the last reader writes.
    /// </summary>
    private void AimGradients(bool inputGradient)
    {
        bool[] reachesOutput = new bool[_nodes.Count];
        reachesOutput[^1] = true;
        for (int i = _nodes.Count - 1; i >= 0; i--)
            foreach (int input in _nodes[i].Node.Inputs)
                if (input >= 0)
                    reachesOutput[input] |= reachesOutput[i];

        bool[] wanted = new bool[_nodes.Count];
        for (int i = 0; i < _nodes.Count; i++)
            wanted[i] = reachesOutput[i] && (_nodes[i].Node.Parameters.Any(parameter => parameter.Learns)
                || _nodes[i].Node.Inputs.Any(input => input < 0 ? inputGradient : wanted[input]));
        RunsBackward = wanted;

        bool[] written = new bool[_nodes.Count + 1];
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            IReadOnlyList<int> inputs = _nodes[i].Node.Inputs;
            var targets = new GradientTarget[inputs.Count];
            for (int k = 0; k < targets.Length; k++)
            {
                if (!(inputs[k] < 0 ? inputGradient : wanted[inputs[k]]) || !wanted[i])
                    continue;
                targets[k] = written[inputs[k] + 1] ? GradientTarget.Add : GradientTarget.Write;
                written[inputs[k] + 1] = true;
            }
            _nodes[i].Targets = targets;
        }
    }

    private int Reserve(int length)
    {
        int offset = ActivationLength;
        ActivationLength = checked(ActivationLength + Align(checked(length * _lanes)));
        return offset;
    }

    private int ReserveParameter(int length, bool late)
    {
        int offset = late ? LateLength : ParameterLength;
        if (late)
            LateLength = checked(LateLength + Align(length));
        else
            ParameterLength = checked(ParameterLength + Align(length));
        return offset;
    }

    private static int? LateParameterOf(Operator op, Node node) =>
        op.LateParameter is { } late && node.Parameters[late].IsTrainable ? late : null;

    private static int Align(int length) => checked(length + Alignment - 1) / Alignment * Alignment;
}
