using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>
/// Builds a network node by node, checking shapes as it goes. A node follows the last one added unless told from where
/// it takes its inputs; that is all a chain needs, and branches name their sources.
/// </summary>
public sealed class NetworkBuilder
{
    /// <summary>The name of the network's input, as a source for nodes.</summary>
    public const string Input = "input";

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, int> _indices = [];
    private readonly NodeNames _names;
    private readonly Shape _inputShape;
    private int _last = -1;

    /// <summary>Starts a network for this input: (C, H, W), (C, L), (F) or any other.</summary>
    /// <exception cref="ArgumentException">The shape has more than six dimensions.</exception>
    public NetworkBuilder(Shape inputShape)
    {
        if (inputShape.Rank > Shape.MaxSampleRank)
            throw new ArgumentException($"a sample has at most {Shape.MaxSampleRank} dimensions, got {inputShape}", nameof(inputShape));
        _inputShape = inputShape;
        _names = new NodeNames(_indices.ContainsKey);
    }

    /// <summary>Starts a network with several inputs; nodes take them by their names, and a plan takes <see cref="Network.JoinInputs"/>. The next node follows the last of them.</summary>
    /// <param name="inputs">Name and shape of each.</param>
    /// <exception cref="ArgumentException">There are none, or a name is unusable or given twice.</exception>
    public static NetworkBuilder WithInputs(params ReadOnlySpan<(string Name, Shape Shape)> inputs)
    {
        var builder = new NetworkBuilder(new Shape(LengthOf(inputs)));
        int offset = 0;
        foreach ((string name, Shape shape) in inputs)
        {
            builder.Add(new Part(offset, shape), name, Input);
            offset += shape.Length;
        }
        return builder;
    }

    /// <summary>The shape of the last node's output, or of the input while there is none.</summary>
    public Shape Shape => _last < 0 ? _inputShape : _nodes[_last].OutputShape;

    /// <summary>The name of the last node added, or <see cref="Input"/> while there is none: where a branch starts.</summary>
    public string LastNode => _last < 0 ? Input : _nodes[_last].Name;

    /// <summary>The shapes that the last node added takes.</summary>
    internal Shape[] LastInputs => [.. _nodes[^1].Inputs.Select(input => input < 0 ? _inputShape : _nodes[input].OutputShape)];

    /// <summary>Lets the next node follow an earlier one, as if that were the last: where a branch begins.</summary>
    /// <exception cref="ArgumentException">No node is named so.</exception>
    internal NetworkBuilder After(string name)
    {
        _last = name == Input ? -1
            : _indices.TryGetValue(name, out int index) ? index
            : throw new ArgumentException($"no node is named '{name}'", nameof(name));
        return this;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="layer">What it does.</param>
    /// <param name="name">Its name; the layer's short name and a number unless given.</param>
    /// <param name="from">Names of the nodes it takes its inputs from (<see cref="Input"/> for the network's); the last node unless given.</param>
    /// <exception cref="ShapeException">The layer cannot take these inputs; the message names the node and the shapes.</exception>
    /// <exception cref="ArgumentException">The name is taken or unusable, a source is unknown, or their number is wrong.</exception>
    public NetworkBuilder Add(Layer layer, string? name = null, params ReadOnlySpan<string> from)
    {
        ArgumentNullException.ThrowIfNull(layer);
        name ??= _names.Next(layer);
        if (name.Length == 0 || name == Input || _indices.ContainsKey(name))
            throw new ArgumentException($"a node must have a name of its own, got '{name}'", nameof(name));

        int[] inputs = from.IsEmpty && layer.InputCount != 0 ? [_last] : new int[from.Length];
        for (int i = 0; i < from.Length; i++)
            inputs[i] = from[i] == Input ? -1
                : _indices.TryGetValue(from[i], out int index) ? index
                : throw new ArgumentException($"node '{name}' takes its input from '{from[i]}', but no node before it is named so", nameof(from));
        if (layer.InputCount is { } count ? inputs.Length != count : inputs.Length < 2)
            throw new ArgumentException($"node '{name}': {layer.GetType().Name} takes {layer.InputCount?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "two or more"} inputs, got {inputs.Length}", nameof(from));

        if (layer is Outputs && inputs.Distinct().Count() < inputs.Length)
            throw new ArgumentException($"node '{name}': an output is named twice", nameof(from));

        Shape[] shapes = [.. inputs.Select(input => input < 0 ? _inputShape : _nodes[input].OutputShape)];
        Shape output;
        try
        {
            output = layer.InferShape(shapes);
        }
        catch (ShapeException error)
        {
            throw new ShapeException($"node '{name}' cannot take {string.Join(" and ", shapes)}: {error.Message}", error);
        }
        string prefix = name;
        Parameter[] parameters = [.. layer.Parameters.Select(spec => new Parameter(spec.NameIn(prefix), spec))];
        _last = _nodes.Count;
        _indices.Add(name, _last);
        _nodes.Add(new Node(name, layer, inputs, output, parameters));
        return this;
    }

    /// <summary>Gives the network several outputs; nothing may follow.</summary>
    /// <param name="names">The nodes whose outputs they are, two or more.</param>
    /// <exception cref="ArgumentException">A name is unknown, or there is one alone.</exception>
    public NetworkBuilder Outputs(params ReadOnlySpan<string> names) => Add(new Outputs(), name: null, names);

    /// <summary>Ends the building and draws the parameters.</summary>
    /// <param name="seed">Same seed, same values.</param>
    /// <param name="name">What the network is called.</param>
    /// <exception cref="InvalidOperationException">No node was added.</exception>
    public Network Build(ulong seed = 0, string name = "network")
    {
        Network network = BuildBlank(name);
        network.Initialize(seed);
        return network;
    }

    private static int LengthOf(ReadOnlySpan<(string Name, Shape Shape)> inputs)
    {
        if (inputs.IsEmpty)
            throw new ArgumentException("a network needs at least one input", nameof(inputs));
        int length = 0;
        foreach ((_, Shape shape) in inputs)
            length = checked(length + shape.Length);
        return length;
    }

    /// <summary>Ends the building and leaves the parameters zero, for those who fill them.</summary>
    /// <exception cref="InvalidOperationException">No node was added.</exception>
    internal Network BuildBlank(string name) => _nodes.Count > 0
        ? new Network(name, _inputShape, [.. _nodes])
        : throw new InvalidOperationException("a network needs at least one node");
}
