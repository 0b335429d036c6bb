using Fovea.Execution;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>Writes a network, node by node, as a graph with a batch of any size.</summary>
internal sealed class NetworkExport
{
    private const string Batch = "N";

    private readonly Network _network;
    private readonly GraphBuilder _graph = new();
    private readonly LayerExport _layers;
    private readonly QuantizationExport? _quantization;
    private readonly Dictionary<int, Value> _values = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxValue> _outputs = [];

    private NetworkExport(Network network, QuantizationScheme? quantization)
    {
        _network = network;
        if (quantization is not null)
            _quantization = new QuantizationExport(network, quantization, _graph);
        _layers = new LayerExport(_graph) { ByteParameters = node => _quantization?.Parameters(node) };
    }

    /// <summary>The graph of a model.</summary>
    /// <exception cref="NotSupportedException">A layer is of the program's own.</exception>
    /// <exception cref="ArgumentException">The options ask for what the network cannot have.</exception>
    public static OnnxGraph Write(Model model, OnnxExportOptions options)
    {
        var export = new NetworkExport(options.IncludeSoftmax ? model.Network : model.Network.WithoutSoftmax(), model.Quantization);
        export.AddInputs(options.IncludePreprocessing ? model : null);
        export.AddNodes();
        export.AddOutputs(options.IncludeSoftmax);
        return new OnnxGraph
        {
            Name = model.Network.Name,
            Inputs = export._inputs,
            Outputs = export._outputs,
            Nodes = export._graph.Nodes,
            Initializers = export._graph.Initializers,
        };
    }

    private static OnnxValue Declare(string name, Shape shape) =>
        new(name, OnnxElementType.Float, [new OnnxDimension(null, Batch), .. shape.ToArray().Select(size => new OnnxDimension(size))]);

    /// <summary>Several inputs are parts of one in a network, and each by itself in a file.</summary>
    private void AddInputs(Model? preprocessed)
    {
        bool several = _network.Inputs is not [{ Name: NetworkBuilder.Input }];
        foreach (NamedPart input in _network.Inputs)
        {
            string name = _graph.Reserve(input.Name);
            _inputs.Add(Declare(name, input.Shape));
            var value = new Value(name, input.Shape);
            if (preprocessed is not null)
                value = value with { Name = Normalize(preprocessed, value, several) };
            _values[several ? _network.IndexOf(input.Name) : -1] = value;
        }
    }

    private string Normalize(Model model, Value input, bool several)
    {
        if (several || !input.Shape.IsMaps)
            throw new ArgumentException($"preprocessing is part of a file whose one input is images (C, H, W), got {string.Join(" and ", _network.Inputs.Select(part => part.Shape))}");
        if (model.Normalization.IsIdentity)
            return input.Name;
        int[] channels = [model.Normalization.Channels, 1, 1];
        _graph.Enter("preprocessing");
        string mean = _graph.Floats("mean", [.. model.Normalization.Mean.Select(value => (float)value)], channels);
        string deviation = _graph.Floats("std", [.. model.Normalization.Deviation.Select(value => (float)value)], channels);
        return _graph.Add("Div", [_graph.Add("Sub", [input.Name, mean]), deviation]);
    }

    private void AddNodes()
    {
        for (int i = 0; i < _network.Nodes.Count; i++)
        {
            Node node = _network.Nodes[i];
            if (_values.ContainsKey(i) || node.Layer is Layers.Outputs)
                continue;
            _graph.Enter(node.Name);
            int index = i;
            Value[] inputs = [.. node.Inputs.Select(input => _quantization?.Input(index, input, ValueOf(input)) ?? ValueOf(input))];
            // What is joined must have the same batch; all else repeats a batch of one.
            if (node.Layer is Concat && inputs.Any(input => !input.IsConstant))
                inputs = [.. inputs.Select(PerSample)];
            string value = _layers.Write(node, inputs);
            bool passedThrough = inputs.Any(input => input.Name == value) || node.Layer is ConstantTensor;
            var output = new Value(passedThrough ? value : _graph.Rename(value, node.Name), node.OutputShape, inputs.All(input => input.IsConstant));
            _values[i] = _quantization?.Output(i, output) ?? output;
        }
    }

    private void AddOutputs(bool includeSoftmax)
    {
        bool several = _network.Nodes[^1].Layer is Layers.Outputs;
        foreach (NamedPart output in _network.Outputs)
        {
            Value value = PerSample(ValueOf(several ? _network.IndexOf(output.Name) : _network.Nodes.Count - 1));
            _graph.Enter("output");
            if (includeSoftmax && _network.Nodes[^1].Layer is not Softmax)
                value = value with { Name = Distribute(value, several) };
            // A name of its own, which no input and no other output has.
            if (!several)
                value = value with { Name = _graph.Rename(value.Name, "output") };
            else if (value.Name != output.Name || _inputs.Any(input => input.Name == value.Name))
                value = value with { Name = _graph.Copy(value.Name, output.Name) };
            _outputs.Add(Declare(value.Name, output.Shape));
        }
    }

    private string Distribute(Value value, bool several) => !several && value.Shape.Rank == 1
        ? _graph.Add("Softmax", [value.Name], OnnxAttribute.Of("axis", 1L))
        : throw new ArgumentException($"a softmax makes probabilities of one vector, got {string.Join(" and ", _network.Outputs.Select(part => part.Shape))}");

    private Value ValueOf(int node)
    {
        if (!_values.TryGetValue(node, out Value value))
            _values[node] = value = Joined();
        return value;
    }

    /// <summary>All inputs in a row, for nodes that read them so although each has a name.</summary>
    private Value Joined()
    {
        string[] rows = [.. _network.Inputs.Select(input => _layers.InShape(input.Name, new Shape(input.Shape.Length)))];
        return new Value(rows is [var row] ? row : _graph.Add("Concat", rows, OnnxAttribute.Of("axis", 1L)), _network.InputShape);
    }

    /// <summary>A constant repeated for every sample of the batch.</summary>
    private Value PerSample(Value value)
    {
        if (!value.IsConstant)
            return value;
        string count = _graph.Add("Slice", [_graph.Add("Shape", [_inputs[0].Name]), _graph.Longs("first", 0), _graph.Longs("end", 1)]);
        string sizes = _graph.Add("Concat", [count, _graph.Longs("sizes", [.. value.Shape.ToArray().Select(size => (long)size)])], OnnxAttribute.Of("axis", 0L));
        return value with { Name = _graph.Add("Expand", [value.Name, sizes]), IsConstant = false };
    }
}
