using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Graph;

/// <summary>
/// A network as a plan runs it, whatever the engine: the shapes, who reads what, which nodes run as one, in which order,
/// and where gradients flow. Nodes stand by their numbers, the network's input by −1.
/// </summary>
internal sealed class ExecutionGraph
{
    public const int Input = -1;

    private readonly Shape[] _shapes;
    private readonly int[][] _readers;
    private readonly int[] _values;
    private readonly HashSet<int> _kept;
    private readonly HashSet<int> _gradients;
    private readonly Dictionary<int, HashSet<FusionGroup>> _ancestors = [];
    private bool[]? _reaching;

    /// <exception cref="ShapeException">A layer cannot take its input.</exception>
    /// <exception cref="KeyNotFoundException">The options name a node that there is not.</exception>
    public ExecutionGraph(Network network, PlanOptions options, Shape inputShape, EngineRules rules)
    {
        Options = options;
        int count = network.Nodes.Count;
        _shapes = ShapeInference.Run(network, inputShape);
        Source = network;
        Network = network = network.Lowered;
        _readers = ReadersIn(network);
        _values = new int[count + 1];
        _kept = options.KeepActivations.NumbersIn(network);
        _gradients = options.NodeGradients.NumbersIn(network);
        _values[0] = Input;
        for (int i = 0; i < count; i++)
            _values[i + 1] = IsIdentity(i) && rules.IsView(this, i) ? ValueOf(network.Nodes[i].Inputs[0]) : i;
        _kept = [.. _kept.Select(ValueOf)];
        _gradients = [.. _gradients.Select(ValueOf)];
        List<FusionGroup> groups = Partition(rules);
        foreach (FusionGroup group in groups)
        {
            int first = (group.Producer ?? group).Head;
            int[] residual = group.Residual is { } added ? [added] : [];
            group.Inputs = [.. network.Nodes[first].Inputs.Concat(residual).Select(ValueOf)];
        }
        Groups = [.. JoinForeign(groups, rules)];
        Backward = options.HasGradients ? GradientFlow.Resolve(this) : [];
    }

    /// <summary>The network as it was given.</summary>
    public Network Source { get; }

    /// <summary>Its layers as engines run them, see <see cref="Layer.Lowered"/>.</summary>
    public Network Network { get; }

    public PlanOptions Options { get; }

    public Shape InputShape => _shapes[0];

    /// <summary>The value that is the network's output.</summary>
    public int Output => ValueOf(Network.Nodes.Count - 1);

    /// <summary>What runs, in order: a group when all that it reads is there.</summary>
    public IReadOnlyList<FusionGroup> Groups { get; }

    /// <summary>The groups whose backward runs, the last one first.</summary>
    public IReadOnlyList<FusionGroup> Backward { get; }

    /// <summary>The shape of one sample of a node's output.</summary>
    public Shape ShapeOf(int node) => _shapes[node + 1];

    /// <summary>The shapes of one sample of a node's inputs.</summary>
    public Shape[] InputShapesOf(int node) => [.. Network.Nodes[node].Inputs.Select(ShapeOf)];

    /// <summary>Whether a node's inputs and output have one shape, so that elements meet where they lie, in every layout.</summary>
    public bool InputsAreOfOneShape(int node) => Array.TrueForAll(InputShapesOf(node), shape => shape == ShapeOf(node));

    /// <summary>The nodes that read a node's output.</summary>
    public IReadOnlyList<int> ReadersOf(int node) => _readers[node + 1];

    /// <summary>The node whose output a node's output is: itself, unless it is a view of what another made.</summary>
    public int ValueOf(int node) => _values[node + 1];

    /// <summary>Whether a value is to be there after a run.</summary>
    public bool IsKept(int value) => _kept.Contains(value);

    /// <summary>Whether the gradient with respect to a value is to be there after backward.</summary>
    public bool WantsGradient(int value) => value == Input && Options.InputGradient || _gradients.Contains(value);

    /// <summary>Whether backward computes the gradient with respect to a value.</summary>
    public bool HasGradient(int value) => value == Output
        || Groups.Any(group => group.Inputs.Where((input, i) => input == value && group.Targets[i] != GradientTarget.None).Any());

    public string NameOf(int node) => node < 0 ? NetworkBuilder.Input : Network.Nodes[node].Name;

    /// <summary>Whether a node leaves every value as it is, in the behaviour asked for.</summary>
    public bool IsIdentity(int node) => Network.Nodes[node].Layer switch
    {
        Flatten or Reshape => true,
        Transpose transpose => transpose.KeepsElements(ShapeOf(Network.Nodes[node].Inputs[0])),
        Dropout dropout => dropout.P == 0 || !Options.DropsOut,
        Dropout2d dropout => dropout.P == 0 || !Options.DropsOut,
        AdaptiveAvgPool2d => ShapeOf(node) == ShapeOf(Network.Nodes[node].Inputs[0]),
        _ => false,
    };

    /// <summary>The groups that a value depends on; found once.</summary>
    public HashSet<FusionGroup> AncestorsOf(int value)
    {
        if (!_ancestors.TryGetValue(value, out HashSet<FusionGroup>? groups))
            _ancestors.Add(value, groups = FindAncestors(value));
        return groups;
    }

    private HashSet<FusionGroup> FindAncestors(int value)
    {
        var values = new HashSet<int> { value };
        var groups = new HashSet<FusionGroup>();
        foreach (FusionGroup group in Groups.Reverse())
            if (values.Contains(group.Last))
            {
                groups.Add(group);
                values.UnionWith(group.Inputs);
            }
        return groups;
    }

    /// <summary>Whether the network's output depends on a node.</summary>
    public bool ReachesOutput(int node) => node == Input || (_reaching ??= FindReaching())[node];

    private bool[] FindReaching()
    {
        bool[] reaching = new bool[Network.Nodes.Count];
        reaching[^1] = true;
        for (int i = reaching.Length - 1; i >= 0; i--)
            foreach (int input in Network.Nodes[i].Inputs)
                if (reaching[i] && input != Input)
                    reaching[input] = true;
        return reaching;
    }

    /// <summary>Whether a value is computed from another.</summary>
    public bool DependsOn(int value, int other) => AncestorsOf(value).Any(group => group.Last == other);

    private List<FusionGroup> Partition(EngineRules rules)
    {
        bool[] taken = new bool[Network.Nodes.Count];
        var groups = new List<FusionGroup>();
        for (int i = 0; i < taken.Length; i++)
        {
            if (taken[i] || ValueOf(i) != i)
                continue;
            var group = new FusionGroup(i);
            while (CanEndInside(group.Last) && ReadersOf(group.Last) is [var next] && !taken[next] && !_gradients.Contains(next)
                && rules.Fusions.Any(rule => rule(this, group, next, Network.Nodes[next]))) { }
            if (!rules.IsComplete(group))
                group = new FusionGroup(i);
            foreach (int node in group.Nodes)
                taken[node] = true;
            groups.Add(group);
        }
        foreach (FusionGroup group in groups.ToArray())
            if (Network.Nodes[group.Head].Inputs is [var input, ..] && groups.Find(other => other.Last == input) is { } producer && CanEndInside(producer.Last)
                && ReadersOf(producer.Last).Count == 1 && rules.IsAbsorbed(this, producer, group))
            {
                group.Absorb(producer);
                groups.Remove(producer);
            }
        return [.. groups.OrderBy(group => group.Last)];
    }

    /// <summary>Joins foreign groups with those that alone read what they make, in the order of their last nodes.</summary>
    private IEnumerable<FusionGroup> JoinForeign(List<FusionGroup> groups, EngineRules rules)
    {
        var readers = groups.SelectMany(group => group.Inputs.Distinct()).CountBy(value => value).ToDictionary();
        var foreign = new Dictionary<int, FusionGroup>();
        var joined = new HashSet<FusionGroup>();
        foreach (FusionGroup group in groups)
        {
            if (!rules.IsForeign(this, group))
                continue;
            FusionGroup segment = group;
            segment.Inputs = [.. segment.Inputs.Distinct()];
            while (segment.Inputs.FirstOrDefault(value => foreign.ContainsKey(value) && readers[value] == 1 && value != Output && CanEndInside(value), Input) is not Input and var value)
            {
                foreign.Remove(value, out FusionGroup? producer);
                // What both read has one reader less from now on.
                foreach (int shared in producer!.Inputs.Intersect(segment.Inputs))
                    readers[shared]--;
                producer.Join(segment);
                joined.Add(segment);
                segment = producer;
            }
            foreign[segment.Last] = segment;
        }
        return groups.Where(group => !joined.Contains(group)).OrderBy(group => group.Last);
    }

    /// <summary>Whether a node's output may vanish inside a group.</summary>
    private bool CanEndInside(int node) => !_kept.Contains(node) && !_gradients.Contains(node);

    private static int[][] ReadersIn(Network network)
    {
        var readers = new List<int>[network.Nodes.Count + 1];
        for (int i = 0; i < readers.Length; i++)
            readers[i] = [];
        for (int i = 0; i < network.Nodes.Count; i++)
            foreach (int input in network.Nodes[i].Inputs)
                readers[input + 1].Add(i);
        return [.. readers.Select(list => list.ToArray())];
    }
}
