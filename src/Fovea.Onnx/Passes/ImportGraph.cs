using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Serialization;

namespace Fovea.Onnx.Passes;

/// <summary>
/// A graph on its way to a network: passes rewrite it. All sizes are known, so whatever follows from sizes and weights alone is
/// a constant. A rewrite replaces the node that makes a value by one that makes the same value; nodes that nobody reads any
/// more are dropped afterwards.
/// </summary>
internal sealed class ImportGraph
{
    private readonly IReadOnlyDictionary<string, long> _opsets;
    private readonly HashSet<string> _names = [];
    private Dictionary<string, OnnxNode>? _producers;
    private Dictionary<string, int>? _uses;

    /// <summary>Starts with a file's nodes and constants.</summary>
    public ImportGraph(OnnxModel model)
    {
        _opsets = model.Opsets;
        Nodes = [.. model.Graph.Nodes.Select(FloatTypes.Of)];
        foreach (OnnxTensor tensor in model.Graph.Initializers)
            Constants[tensor.Name] = tensor;
        Outputs = [.. model.Graph.Outputs.Select(output => output.Name)];
        _names.UnionWith(Nodes.SelectMany(node => node.Outputs));
        _names.UnionWith(Constants.Keys);
    }

    /// <summary>The operations, each after those that it reads. Null is one that was taken out in a pass.</summary>
    public List<OnnxNode> Nodes { get; private set; }

    /// <summary>Values that are known.</summary>
    public Dictionary<string, OnnxTensor> Constants { get; } = [];

    /// <summary>Type and sizes of the other values.</summary>
    public Dictionary<string, TensorInfo> Values { get; } = [];

    /// <summary>The names of what the network takes.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>The names of what it gives.</summary>
    public List<string> Outputs { get; }

    /// <summary>What a user should know, a line each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The version of the operator set that a node is of.</summary>
    public long Opset(OnnxNode node) => _opsets.GetValueOrDefault(node.Domain, node.Domain.Length == 0 ? _opsets.GetValueOrDefault("ai.onnx", OperatorTable.NewestOpset) : 1);

    /// <summary>Type and sizes of any value.</summary>
    /// <exception cref="ModelFormatException">Nothing makes it.</exception>
    public TensorInfo Info(OnnxNode node, string value) =>
        Constants.TryGetValue(value, out OnnxTensor? constant) ? TensorInfo.Of(constant)
        : Values.TryGetValue(value, out TensorInfo? info) ? info
        : throw new ModelFormatException($"node {node.Label}: nothing gives its input {Printable.Quote(value)}");

    /// <summary>The constant that is a node's input; null if that is computed or left out.</summary>
    public OnnxTensor? Constant(OnnxNode node, int input) =>
        input < node.Inputs.Count ? Constants.GetValueOrDefault(node.Inputs[input]) : null;

    /// <summary>The node that makes a value; null if it is an input or constant.</summary>
    public OnnxNode? Producer(string value)
    {
        if (_producers is null)
        {
            _producers = [];
            foreach (OnnxNode node in Nodes)
                foreach (string output in node.Outputs)
                    _producers[output] = node;
        }
        return _producers.GetValueOrDefault(value);
    }

    /// <summary>The node that makes a value, if it is of this operator.</summary>
    public OnnxNode? Producer(string value, string @operator) =>
        Producer(value) is { Domain: "" } node && node.Operator == @operator ? node : null;

    /// <summary>How often a value is read, as an output of the graph as well.</summary>
    public int Uses(string value)
    {
        if (_uses is null)
        {
            _uses = [];
            foreach (string read in Nodes.SelectMany(node => node.Inputs).Concat(Outputs))
                _uses[read] = _uses.GetValueOrDefault(read) + 1;
        }
        return _uses.GetValueOrDefault(value);
    }

    /// <summary>Puts a node in another's place; it makes the same values.</summary>
    public void Replace(int index, OnnxNode node)
    {
        Nodes[index] = node;
        Changed();
    }

    /// <summary>Puts other nodes in the place of all, in order.</summary>
    public void ReplaceAll(List<OnnxNode> nodes)
    {
        Nodes = nodes;
        Changed();
    }

    /// <summary>Lets all who read a value read another instead, which has the same elements. The graph's outputs keep their names.</summary>
    public void Redirect(string from, string to)
    {
        for (int i = 0; i < Nodes.Count; i++)
            if (Nodes[i].Inputs.Contains(from))
                Nodes[i] = Nodes[i] with { Inputs = [.. Nodes[i].Inputs.Select(input => input == from ? to : input)] };
        Changed();
    }

    /// <summary>Adds a constant under a name of its own.</summary>
    public string AddConstant(string hint, OnnxTensor tensor)
    {
        string name = NewName(hint);
        Constants[name] = tensor;
        return name;
    }

    /// <summary>A name that no value has.</summary>
    public string NewName(string hint)
    {
        string name = hint;
        for (int number = 1; !_names.Add(name); number++)
            name = $"{hint}_{number}";
        return name;
    }

    /// <summary>Drops nodes that nobody reads, and constants.</summary>
    public void DropUnread()
    {
        var read = new HashSet<string>(Outputs);
        var kept = new List<OnnxNode>(Nodes.Count);
        for (int i = Nodes.Count - 1; i >= 0; i--)
            if (Nodes[i].Outputs.Any(read.Contains))
            {
                kept.Add(Nodes[i]);
                read.UnionWith(Nodes[i].Inputs);
            }
        if (kept.Count < Nodes.Count)
        {
            kept.Reverse();
            ReplaceAll(kept);
        }
        foreach (string name in Constants.Keys.Where(name => !read.Contains(name)).ToArray())
            Constants.Remove(name);
    }

    private void Changed() => (_producers, _uses) = (null, null);
}
