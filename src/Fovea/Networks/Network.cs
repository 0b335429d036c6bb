using Fovea.Initializers;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>
/// A graph of layers and their parameters. The structure never changes; the parameters' values do, by training or
/// loading. It runs by being compiled to a plan, any number of which may share it.
/// </summary>
public sealed class Network
{
    private Network? _lowered;

    internal Network(string name, Shape inputShape, IReadOnlyList<Node> nodes)
    {
        Name = name;
        InputShape = inputShape;
        Nodes = nodes;
        Parameters = [.. nodes.SelectMany(node => node.Parameters)];
        TrainableParameters = [.. Parameters.Where(parameter => parameter.IsTrainable)];
        Inputs = InputsOf(inputShape, nodes);
        Outputs = OutputsOf(nodes);
    }

    /// <summary>The preset's or the author's name: <c>lenet5</c>.</summary>
    public string Name { get; }

    /// <summary>The shape of one input sample: (C, H, W), (C, L), (F) or any other; of several inputs, all their numbers in a row.</summary>
    public Shape InputShape { get; }

    /// <summary>The inputs by their names, of which <see cref="InputShape"/> is made; most networks have one, <c>input</c>.</summary>
    public IReadOnlyList<NamedPart> Inputs { get; }

    /// <summary>The outputs by their nodes' names, of which <see cref="OutputShape"/> is made; most networks have one.</summary>
    public IReadOnlyList<NamedPart> Outputs { get; }

    /// <summary>The shape of one output sample; of several outputs, all their numbers in a row.</summary>
    public Shape OutputShape => Nodes[^1].OutputShape;

    /// <summary>The nodes in an order in which every node follows its inputs; the last gives the output.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>All parameters in the nodes' order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters that gradients change, in the nodes' order.</summary>
    public IReadOnlyList<Parameter> TrainableParameters { get; }

    /// <summary>The node of this name.</summary>
    /// <exception cref="KeyNotFoundException">No node has it; the message lists those there are.</exception>
    public Node this[string name] => Nodes[IndexOf(name)];

    /// <summary>The number of the node of this name.</summary>
    /// <exception cref="KeyNotFoundException">No node has it; the message lists those there are.</exception>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Nodes.Count; i++)
            if (Nodes[i].Name == name)
                return i;
        throw new KeyNotFoundException($"no node is named '{name}'{Nearest.Question(name, Nodes.Select(node => node.Name))}; there are {string.Join(", ", Nodes.Select(node => node.Name))}");
    }

    /// <summary>A chain of layers with the default names (<c>conv1</c>, <c>relu1</c>, …) and freshly drawn parameters.</summary>
    /// <exception cref="ShapeException">A layer cannot take its predecessor's output.</exception>
    public static Network Sequential(Shape inputShape, params ReadOnlySpan<Layer> layers)
    {
        var builder = new NetworkBuilder(inputShape);
        foreach (Layer layer in layers)
            builder.Add(layer);
        return builder.Build();
    }

    /// <summary>Draws all parameters anew. Every parameter has a stream of its own, so adding a layer leaves the others' values alone.</summary>
    /// <param name="seed">Same seed, same values.</param>
    /// <param name="weights">What fills the weights of convolutions and linear layers instead of the layers' own choice.</param>
    public void Initialize(ulong seed, Initializer? weights = null) =>
        Initialize(seed, (_, spec) => spec.Role == ParameterRole.Weight && weights is not null ? weights : spec.Initializer);

    /// <summary>Draws all parameters anew, each as is chosen for it by its layer and what that asked for.</summary>
    internal void Initialize(ulong seed, Func<Layer, ParameterSpec, Initializer> choose)
    {
        var draws = new List<ParameterDraw>();
        foreach (Node node in Nodes)
            foreach (Parameter parameter in node.Parameters)
                draws.Add(new ParameterDraw(parameter, choose(node.Layer, parameter.Spec), Stream: (ulong)draws.Count));
        ParameterDraw.RunAll(draws, seed);
    }

    /// <summary>
    /// This network without its closing <see cref="Softmax"/>, sharing all parameters: what a loss that applies softmax
    /// itself is trained on. The network itself if it does not end in one, or in one of several distributions a sample.
    /// </summary>
    public Network WithoutSoftmax() =>
        Nodes.Count > 1 && Nodes[^1].Layer is Softmax softmax && softmax.IsOverAll(OutputShape) && Nodes[^1].Inputs[0] == Nodes.Count - 2
            ? new Network(Name, InputShape, [.. Nodes.Take(Nodes.Count - 1)])
            : this;

    /// <summary>Lays several inputs side by side as a plan takes them: (count, all numbers).</summary>
    /// <param name="inputs">(count, …) of every input.</param>
    /// <exception cref="ArgumentException">A name is unknown, given twice or missing, or the counts differ.</exception>
    public float[] JoinInputs(params ReadOnlySpan<(string Name, ReadOnlyMemory<float> Values)> inputs) => NamedPart.Join(Inputs, InputShape.Length, inputs, all: true);

    /// <summary>Lays targets or gradients of several outputs side by side as a plan takes them: (count, all numbers); zeros where none are given.</summary>
    /// <param name="outputs">(count, …) of the outputs.</param>
    /// <exception cref="ArgumentException">A name is unknown or given twice, or the counts differ.</exception>
    public float[] JoinOutputs(params ReadOnlySpan<(string Name, ReadOnlyMemory<float> Values)> outputs) => NamedPart.Join(Outputs, OutputShape.Length, outputs, all: false);

    /// <summary>The network of the layers that engines run; see <see cref="Layer.Lowered"/>. It shares all parameters.</summary>
    internal Network Lowered => _lowered ??= Nodes.All(node => ReferenceEquals(node.Layer.Lowered, node.Layer))
        ? this
        : new Network(Name, InputShape, [.. Nodes.Select(node => new Node(node.Name, node.Layer.Lowered, node.Inputs, node.OutputShape, node.Parameters))]);

    private static NamedPart[] InputsOf(Shape input, IReadOnlyList<Node> nodes)
    {
        var parts = new List<NamedPart>();
        int length = 0;
        foreach (Node node in nodes.TakeWhile(node => node is { Layer: Part part, Inputs: [-1] } && part.Offset == length && length <= input.Length - part.Shape.Length))
        {
            parts.Add(new NamedPart(node.Name, node.OutputShape, length));
            length += node.OutputShape.Length;
        }
        return length == input.Length && parts.Count > 0 ? [.. parts] : [new NamedPart(NetworkBuilder.Input, input, 0)];
    }

    private static NamedPart[] OutputsOf(IReadOnlyList<Node> nodes)
    {
        if (nodes[^1].Layer is not Layers.Outputs || nodes[^1].Inputs.Any(input => input < 0))
            return [new NamedPart(nodes[^1].Name, nodes[^1].OutputShape, 0)];
        int offset = 0;
        var parts = new List<NamedPart>();
        foreach (Node node in nodes[^1].Inputs.Select(input => nodes[input]))
        {
            parts.Add(new NamedPart(node.Name, node.OutputShape, offset));
            offset += node.OutputShape.Length;
        }
        return [.. parts];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {InputShape} → {OutputShape}, {Nodes.Count} nodes";
}
