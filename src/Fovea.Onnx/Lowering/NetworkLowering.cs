using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
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
    private readonly LoweredValues _values;
    private NetworkBuilder? _builder;

    private NetworkLowering(ImportGraph graph) => _values = new LoweredValues(graph);

    private ImportGraph Graph => _values.Graph;

    private NetworkDraft Draft => _values.Draft;

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

    private void Begin()
    {
        (string Name, Shape Shape)[] inputs = [.. Graph.Inputs.Select(input => (Name: NetworkDraft.Safe(input), LoweredValues.ShapeOf(Graph.Values[input].Dimensions, input)))];
        if (inputs.Length == 1)
        {
            _builder = new NetworkBuilder(inputs[0].Shape);
            _values.Set(Graph.Inputs[0], Draft.AddInput(NetworkBuilder.Input, inputs[0].Shape));
            return;
        }
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].Name == NetworkBuilder.Input || inputs.Take(i).Any(other => other.Name == inputs[i].Name))
                inputs[i].Name += $"_{i}";
        _builder = NetworkBuilder.WithInputs(inputs);
        for (int i = 0; i < inputs.Length; i++)
            _values.Set(Graph.Inputs[i], Draft.AddInput(inputs[i].Name, inputs[i].Shape));
    }

    private void Lower(OnnxNode node)
    {
        foreach (string output in node.Outputs.Where(Graph.Values.ContainsKey))
            _ = LoweredValues.ShapeOf(Graph.Values[output].Dimensions, output);
        int mark = Draft.Mark;
        var call = new LoweringCall(_values, node);
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
            Form form = _values.Find(new OnnxNode("", [], [output]), output);
            // A constant, an input, or a value that is given twice gets a node of its own.
            if (outputs.Contains(form.Node) || Graph.Inputs.Any(input => _values.Find(new OnnxNode("", [], [input]), input) == form))
                form = Draft.Add(new Reshape(form.Shape.ToArray()), output, [form]);
            outputs.Add(form.Node);
        }
        return Draft.Build(_builder!, outputs, name);
    }
}
