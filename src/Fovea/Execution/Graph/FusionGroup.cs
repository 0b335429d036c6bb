using Fovea.Networks;

namespace Fovea.Execution.Graph;

/// <summary>
/// Nodes that run as one operator: a head, and what is fused into its last step; or a segment of nodes that are foreign to
/// the engine. Nobody outside of the group reads another node's output than the last one's.
/// </summary>
internal sealed class FusionGroup(int head)
{
    private readonly List<int> _nodes = [head];

    /// <summary>The nodes' numbers in order, the head first.</summary>
    public IReadOnlyList<int> Nodes => _nodes;

    public int Head => _nodes[0];

    /// <summary>The node whose output is the group's.</summary>
    public int Last => _nodes[^1];

    /// <summary>The batch normalisation folded into the head, if there is one.</summary>
    public int? Normalization { get; private set; }

    /// <summary>The node whose output is added, or −1 for the network's input; null if nothing is.</summary>
    public int? Residual { get; private set; }

    /// <summary>What the result is clamped to.</summary>
    public float Lower { get; private set; } = float.NegativeInfinity;

    /// <inheritdoc cref="Lower"/>
    public float Upper { get; private set; } = float.PositiveInfinity;

    public bool IsClamped => !float.IsNegativeInfinity(Lower) || !float.IsPositiveInfinity(Upper);

    /// <summary>Whether the last node pools what the others compute.</summary>
    public bool Pools { get; private set; }

    /// <summary>The group that alone feeds this one and runs inside it; null if there is none.</summary>
    public FusionGroup? Producer { get; private set; }

    /// <summary>The values that the group reads, by the nodes that make them (−1: the network's input): the head's, then the residual. A segment names each once.</summary>
    public int[] Inputs { get; set; } = [];

    /// <summary>What becomes of every input's gradient.</summary>
    public GradientTarget[] Targets { get; set; } = [];

    /// <summary>Whether its backward runs at all.</summary>
    public bool RunsBackward { get; set; }

    /// <summary>Appends a batch normalisation that is folded into the head.</summary>
    public bool Fold(int node)
    {
        Normalization = node;
        return Append(node);
    }

    /// <summary>Appends a sum with another activation.</summary>
    public bool AddResidual(int node, int residual)
    {
        Residual = residual;
        return Append(node);
    }

    /// <summary>Appends a clamp.</summary>
    public bool Clamp(int node, float lower, float upper)
    {
        (Lower, Upper) = (lower, upper);
        return Append(node);
    }

    /// <summary>Appends a pooling, which ends the group.</summary>
    public bool Pool(int node)
    {
        Pools = true;
        return Append(node);
    }

    /// <summary>Appends the nodes of the group that alone reads what this one makes; both are foreign to the engine.</summary>
    public void Join(FusionGroup reader)
    {
        int last = Last;
        _nodes.AddRange(reader._nodes);
        if (reader.Head < last)
            _nodes.Sort();
        Inputs = [.. Inputs.Union(reader.Inputs.Where(value => value != last))];
    }

    /// <summary>Runs the group that alone feeds this one inside it.</summary>
    public void Absorb(FusionGroup producer) => Producer = producer;

    /// <summary>The nodes that run, a producer's first.</summary>
    public IEnumerable<int> AllNodes => Producer is null ? _nodes : [.. Producer._nodes, .. _nodes];

    /// <summary>The nodes themselves, without the producer's.</summary>
    public Node[] NodesOf(Network network) => [.. _nodes.Select(node => network.Nodes[node])];

    private bool Append(int node)
    {
        _nodes.Add(node);
        return true;
    }
}
