using System.Runtime.InteropServices;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>A value of the graph that is being built.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The shape of one sample; the graph's tensor has the batch ahead of it.</param>
/// <param name="IsConstant">Whether it is the same for all samples: then its batch is 1.</param>
internal readonly record struct Value(string Name, Shape Shape, bool IsConstant = false);

/// <summary>Collects nodes and initialisers, and gives each value a name of its own after the network's node that it belongs to.</summary>
internal sealed class GraphBuilder
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxTensor> _initializers = [];
    private readonly HashSet<string> _names = [];
    private string _scope = "";

    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    public IReadOnlyList<OnnxTensor> Initializers => [.. _initializers.Values];

    /// <summary>Makes a name that nothing has yet, as much like this one as can be.</summary>
    public string Reserve(string name)
    {
        string unique = name;
        for (int i = 2; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    /// <summary>From here on, names begin with that of this node.</summary>
    public void Enter(string node) => _scope = node;

    /// <summary>A name of the node that is being written.</summary>
    public string Local(string name) => $"{_scope}/{name}";

    /// <summary>Adds a node and names its output.</summary>
    public string Add(string type, IReadOnlyList<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        string output = Reserve(Local(type));
        _nodes.Add(new OnnxNode(type, inputs, [output]) { Name = output, Attributes = attributes.ToArray() });
        return output;
    }

    /// <summary>Gives the value that the last node makes another name; one that is made elsewhere is copied to it.</summary>
    public string Rename(string value, string name)
    {
        if (_nodes.Count == 0 || _nodes[^1].Outputs[0] != value)
            return Copy(value, name);
        _names.Remove(value);
        name = Reserve(name);
        _nodes[^1] = _nodes[^1] with { Name = name, Outputs = [name] };
        return name;
    }

    /// <summary>A value under another name.</summary>
    public string Copy(string value, string name)
    {
        name = Reserve(name);
        _nodes.Add(new OnnxNode("Identity", [value], [name]) { Name = name });
        return name;
    }

    /// <summary>A parameter of the network under its own name, with other dimensions where an operator wants them.</summary>
    public string Parameter(Parameter parameter, params ReadOnlySpan<int> dimensions) =>
        Floats(parameter.Name, parameter.Value.Values, dimensions.IsEmpty ? parameter.Value.Shape.ToArray() : dimensions, whole: true);

    /// <summary>Constant floats.</summary>
    public string Floats(string name, ReadOnlySpan<float> values, ReadOnlySpan<int> dimensions, bool whole = false) =>
        Store(whole ? name : Local(name), OnnxElementType.Float, MemoryMarshal.AsBytes(values), dimensions);

    /// <summary>A constant float that goes with tensors of any rank.</summary>
    public string Number(string name, double value) => Floats(name, [(float)value], []);

    /// <summary>Constant whole numbers, such as shapes.</summary>
    public string Longs(string name, params ReadOnlySpan<long> values) =>
        Store(Local(name), OnnxElementType.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Constants of any type.</summary>
    public string Store(string name, OnnxElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> dimensions)
    {
        if (_initializers.TryGetValue(name, out OnnxTensor? known) && known.Dimensions.SequenceEqual(dimensions) && known.Bytes.Span.SequenceEqual(bytes))
            return name;
        name = Reserve(name);
        _initializers.Add(name, new OnnxTensor(type, dimensions, bytes.ToArray(), name));
        return name;
    }
}
