using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Calls;

/// <summary>The network as lowering writes it. Nodes that turn out not to be needed are left out when it is built.</summary>
internal sealed class NetworkDraft
{
    private static readonly Dictionary<string, ParameterFill> None = [];

    private readonly List<PlannedNode> _nodes = [];
    private readonly HashSet<string> _taken = [NetworkBuilder.Input];

    /// <summary>Tells of a node that is there before the first: the network's input or a part of it.</summary>
    public Form AddInput(string name, Shape shape)
    {
        _taken.Add(name);
        return new Form(name, shape);
    }

    /// <summary>Adds a node.</summary>
    /// <exception cref="ShapeException">The layer cannot take these inputs.</exception>
    public Form Add(Layer layer, string name, ReadOnlySpan<Form> from, IReadOnlyDictionary<string, ParameterFill>? fills = null)
    {
        var shapes = new Shape[from.Length];
        var names = new string[from.Length];
        for (int i = 0; i < from.Length; i++)
            (names[i], shapes[i]) = (from[i].Node, from[i].Shape);
        Shape output = layer.InferShape(shapes);
        string own = Unique(name);
        _nodes.Add(new PlannedNode(own, layer, names, output, fills ?? None));
        return new Form(own, output);
    }

    /// <summary>How many nodes there are, to go back to.</summary>
    public int Mark => _nodes.Count;

    /// <summary>Takes nodes out again, from a mark on.</summary>
    public void Reset(int mark)
    {
        foreach (PlannedNode node in _nodes.Skip(mark))
            _taken.Remove(node.Name);
        _nodes.RemoveRange(mark, _nodes.Count - mark);
    }

    /// <summary>Builds the network and fills its parameters.</summary>
    /// <param name="builder">Begun with the inputs.</param>
    /// <param name="outputs">The nodes that give the outputs.</param>
    /// <param name="name">What the network is called.</param>
    public Network Build(NetworkBuilder builder, IReadOnlyList<string> outputs, string name)
    {
        var needed = new HashSet<string>(outputs);
        for (int i = _nodes.Count - 1; i >= 0; i--)
            if (needed.Contains(_nodes[i].Name))
                needed.UnionWith(_nodes[i].From);
        foreach (PlannedNode node in _nodes.Where(node => needed.Contains(node.Name)))
            builder.Add(node.Layer, node.Name, node.From);
        if (outputs.Count > 1)
            builder.Outputs([.. outputs]);
        Network network = builder.BuildBlank(name);
        var fills = _nodes.Where(node => node.Fills.Count > 0).ToDictionary(node => node.Name, node => node.Fills);
        foreach (Node node in network.Nodes)
            if (fills.TryGetValue(node.Name, out IReadOnlyDictionary<string, ParameterFill>? own))
                foreach (Parameter parameter in node.Parameters)
                    own[parameter.Spec.Name](parameter.Value.Span);
        return network;
    }

    /// <summary>A name for a node that others do not have, of characters that do no harm anywhere.</summary>
    private string Unique(string wanted)
    {
        string name = Safe(wanted);
        string unique = name;
        for (int number = 2; !_taken.Add(unique); number++)
            unique = $"{name}_{number}";
        return unique;
    }

    /// <summary>The name with letters, digits and a few marks alone.</summary>
    public static string Safe(string name)
    {
        const int longest = 200;
        string safe = new([.. name.Trim('/').Take(longest).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' ? c : '_')]);
        return safe.Length == 0 ? "node" : safe;
    }
}
