using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering;

/// <summary>
/// Makes a network of a graph whose sizes are known: every node becomes layers, by <see cref="LoweringTable"/>, or an
/// <see cref="OnnxOperation"/> where no layer does what it does.
/// </summary>
internal sealed class NetworkLowering
{
    private readonly Dictionary<string, Form> _forms = [];
    private NetworkBuilder? _builder;

    private NetworkLowering(ImportGraph graph) => Graph = graph;

    public ImportGraph Graph { get; }

    public NetworkDraft Draft { get; } = new();

    /// <summary>The network of a graph.</summary>
    /// <exception cref="ModelFormatException">A node cannot be in a network.</exception>
    public static Network Run(ImportGraph graph, string name)
    {
        var lowering = new NetworkLowering(graph);
        lowering.Begin();
        foreach (OnnxNode node in graph.Nodes)
            lowering.Lower(node);
        return lowering.End(name);
    }

    /// <summary>Where a value lies; a constant becomes a node when it is first read.</summary>
    public Form Find(OnnxNode node, string value)
    {
        if (_forms.TryGetValue(value, out Form form))
            return form;
        if (!Graph.Constants.TryGetValue(value, out OnnxTensor? constant))
            throw new ModelFormatException($"node {node.Label}: nothing gives its input {Printable.Quote(value)}");
        Shape shape = ShapeOf(constant.Dimensions, value);
        // Not kept: what a node that is taken out again added goes with it.
        return Draft.Add(new ConstantTensor(shape), value, [], new Dictionary<string, ParameterFill> { ["value"] = target => FloatCopy.To(constant, target) });
    }

    /// <summary>Says where a value lies.</summary>
    public void Set(string value, Form form) => _forms[value] = form;

    private void Begin()
    {
        (string Name, Shape Shape)[] inputs = [.. Graph.Inputs.Select(input => (Name: NetworkDraft.Safe(input), ShapeOf(Graph.Values[input].Dimensions, input)))];
        if (inputs.Length == 1)
        {
            _builder = new NetworkBuilder(inputs[0].Shape);
            Set(Graph.Inputs[0], Draft.AddInput(NetworkBuilder.Input, inputs[0].Shape));
            return;
        }
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].Name == NetworkBuilder.Input || inputs.Take(i).Any(other => other.Name == inputs[i].Name))
                inputs[i].Name += $"_{i}";
        _builder = NetworkBuilder.WithInputs(inputs);
        for (int i = 0; i < inputs.Length; i++)
            Set(Graph.Inputs[i], Draft.AddInput(inputs[i].Name, inputs[i].Shape));
    }

    private void Lower(OnnxNode node)
    {
        foreach (string output in node.Outputs.Where(Graph.Values.ContainsKey))
            _ = ShapeOf(Graph.Values[output].Dimensions, output);
        int mark = Draft.Mark;
        var call = new LoweringCall(this, node);
        try
        {
            if (LoweringTable.Find(node) is { } lower && lower(call))
                return;
        }
        catch (ArgumentException)
        {
            // A layer refused sizes or settings that its operator may have.
        }
        Draft.Reset(mark);
        OnnxOperation.Lower(call);
    }

    private Network End(string name)
    {
        var outputs = new List<string>();
        foreach (string output in Graph.Outputs)
        {
            Form form = Find(new OnnxNode("", [], [output]), output);
            // A constant, an input, or a value that is given twice gets a node of its own.
            if (outputs.Contains(form.Node) || Graph.Inputs.Any(input => _forms[input] == form))
                form = Draft.Add(new Reshape(form.Shape.ToArray()), output, [form]);
            outputs.Add(form.Node);
        }
        return Draft.Build(_builder!, outputs, name);
    }

    private static Shape ShapeOf(ReadOnlySpan<int> dimensions, string value)
    {
        try
        {
            Shape shape = Form.Of(dimensions);
            return shape.Rank <= Shape.MaxSampleRank ? shape : throw new ArgumentException($"it has {shape.Rank} dimensions without the batch; up to {Shape.MaxSampleRank} are supported");
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"value {Printable.Quote(value)}: {error.Message}", error);
        }
    }
}
