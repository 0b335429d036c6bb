using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>Reads the messages of the ONNX schema; what is not needed to run a model is passed over. Field numbers are those of onnx.proto.</summary>
internal sealed class MessageParser(TensorParser tensors)
{
    // Graphs within graphs: control flow, which exporters nest by two or three.
    private const int MaxDepth = 16;

    private int _depth;

    /// <exception cref="ModelFormatException">It is no sound model.</exception>
    public OnnxModel Model(WireReader message)
    {
        long version = 0;
        OnnxGraph? graph = null;
        string producer = "", producerVersion = "";
        var opsets = new Dictionary<string, long>();
        var metadata = new Dictionary<string, string>();
        var functions = new List<OnnxFunction>();
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    version = message.Int64();
                    break;
                case 2:
                    producer = message.Text();
                    break;
                case 3:
                    producerVersion = message.Text();
                    break;
                case 7:
                    graph = graph is null ? Graph(message.Message()) : throw new ModelFormatException("the model has two graphs; one is right");
                    break;
                case 8:
                    Opset(message.Message(), opsets);
                    break;
                case 14:
                    (string key, string value) = Entry(message.Message());
                    metadata[key] = value;
                    break;
                case 25:
                    functions.Add(Function(message.Message()));
                    break;
                default:
                    message.Skip();
                    break;
            }
        if (version < 1)
            throw new ModelFormatException(version == 0 ? "ir_version is missing, so this is no ONNX model" : $"ir_version must be positive, got {version}");
        if (graph is null)
            throw new ModelFormatException("the model has no graph");
        // Before IR 3 there was one operator set.
        if (version < 3)
            opsets.TryAdd("", 1);
        if (opsets.Count == 0)
            throw new ModelFormatException("opset_import is missing: the model does not say which version its operators are of");
        return new OnnxModel(graph)
        {
            IrVersion = version,
            Opsets = opsets,
            Producer = producer,
            ProducerVersion = producerVersion,
            Metadata = metadata,
            Functions = functions,
        };
    }

    /// <summary>A pair of strings.</summary>
    public static (string Key, string Value) Entry(WireReader message)
    {
        string key = "", value = "";
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    key = message.Text();
                    break;
                case 2:
                    value = message.Text();
                    break;
                default:
                    message.Skip();
                    break;
            }
        return (key, value);
    }

    private static string Domain(string domain) => domain == "ai.onnx" ? "" : domain;

    private static void Opset(WireReader message, Dictionary<string, long> opsets)
    {
        string domain = "";
        long version = 0;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    domain = Domain(message.Text());
                    break;
                case 2:
                    version = message.Int64();
                    break;
                default:
                    message.Skip();
                    break;
            }
        if (!opsets.TryAdd(domain, version) && opsets[domain] != version)
            throw new ModelFormatException($"the operator set {Printable.Quote(domain)} is imported in versions {opsets[domain]} and {version}; one is right");
    }

    private OnnxGraph Graph(WireReader message)
    {
        if (++_depth > MaxDepth)
            throw new ModelFormatException($"graphs are nested more than {MaxDepth} deep");
        string name = "";
        var nodes = new List<OnnxNode>();
        var initializers = new List<OnnxTensor>();
        var inputs = new List<OnnxValue>();
        var outputs = new List<OnnxValue>();
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    nodes.Add(Node(message.Message()));
                    break;
                case 2:
                    name = message.Text();
                    break;
                case 5:
                    initializers.Add(tensors.Parse(message.Message()));
                    break;
                case 11:
                    inputs.Add(ValueParser.Value(message.Message()));
                    break;
                case 12:
                    outputs.Add(ValueParser.Value(message.Message()));
                    break;
                case 15:
                    throw new ModelFormatException("the graph has sparse initialisers, which are not supported; store them dense");
                default:
                    message.Skip();
                    break;
            }
        _depth--;
        return new OnnxGraph { Name = name, Nodes = nodes, Initializers = initializers, Inputs = inputs, Outputs = outputs };
    }

    private OnnxNode Node(WireReader message)
    {
        string name = "", type = "", domain = "", overload = "";
        List<string> inputs = [], outputs = [];
        List<OnnxAttribute>? attributes = null;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    inputs.Add(message.Text());
                    break;
                case 2:
                    outputs.Add(message.Text());
                    break;
                case 3:
                    name = message.Text();
                    break;
                case 4:
                    type = message.Text();
                    break;
                case 5:
                    (attributes ??= []).Add(Attribute(message.Message()));
                    break;
                case 7:
                    domain = Domain(message.Text());
                    break;
                case 8:
                    overload = message.Text();
                    break;
                default:
                    message.Skip();
                    break;
            }
        var node = new OnnxNode(type, inputs, outputs) { Name = name, Domain = domain, Overload = overload, Attributes = attributes ?? (IReadOnlyList<OnnxAttribute>)[] };
        return type.Length > 0 ? node : throw new ModelFormatException($"node {node.Label} does not say which operator it is of");
    }

    private OnnxAttribute Attribute(WireReader message)
    {
        string name = "", reference = "", text = "";
        OnnxAttributeKind stated = OnnxAttributeKind.Undefined, found = OnnxAttributeKind.Undefined;
        float single = 0;
        long whole = 0;
        OnnxTensor? tensor = null;
        OnnxGraph? graph = null;
        List<float>? floats = null;
        List<long>? ints = null;
        List<string>? strings = null;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    name = message.Text();
                    break;
                case 2:
                    (single, found) = (message.Single(), OnnxAttributeKind.Float);
                    break;
                case 3:
                    (whole, found) = (message.Int64(), OnnxAttributeKind.Int);
                    break;
                case 4:
                    (text, found) = (message.Text(), OnnxAttributeKind.String);
                    break;
                case 5:
                    (tensor, found) = (tensors.Parse(message.Message()), OnnxAttributeKind.Tensor);
                    break;
                case 6:
                    (graph, found) = (Graph(message.Message()), OnnxAttributeKind.Graph);
                    break;
                case 7:
                    message.Singles(floats ??= []);
                    found = OnnxAttributeKind.Floats;
                    break;
                case 8:
                    message.Int64s(ints ??= []);
                    found = OnnxAttributeKind.Ints;
                    break;
                case 9:
                    (strings ??= []).Add(message.Text());
                    found = OnnxAttributeKind.Strings;
                    break;
                case 20:
                    stated = (OnnxAttributeKind)message.Int32();
                    break;
                case 21:
                    reference = message.Text();
                    break;
                default:
                    message.Skip();
                    break;
            }
        // Before IR 2 the kind was not stated.
        OnnxAttributeKind kind = stated == OnnxAttributeKind.Undefined ? found : stated;
        if (kind == OnnxAttributeKind.Tensor && tensor is null && reference.Length == 0 || kind == OnnxAttributeKind.Graph && graph is null && reference.Length == 0)
            throw new ModelFormatException($"attribute {Printable.Quote(name)} is said to hold a {kind.ToString().ToLowerInvariant()}, but holds none");
        return new OnnxAttribute(name, kind)
        {
            Float = single,
            Int = whole,
            String = text,
            Tensor = tensor,
            Graph = graph,
            Floats = floats ?? (IReadOnlyList<float>)[],
            Ints = ints ?? (IReadOnlyList<long>)[],
            Strings = strings ?? (IReadOnlyList<string>)[],
            ReferenceTo = reference,
        };
    }

    private OnnxFunction Function(WireReader message)
    {
        string name = "", domain = "", overload = "";
        List<string> inputs = [], outputs = [], attributes = [];
        List<OnnxAttribute> defaults = [];
        List<OnnxNode> nodes = [];
        var opsets = new Dictionary<string, long>();
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    name = message.Text();
                    break;
                case 4:
                    inputs.Add(message.Text());
                    break;
                case 5:
                    outputs.Add(message.Text());
                    break;
                case 6:
                    attributes.Add(message.Text());
                    break;
                case 7:
                    nodes.Add(Node(message.Message()));
                    break;
                case 9:
                    Opset(message.Message(), opsets);
                    break;
                case 10:
                    domain = Domain(message.Text());
                    break;
                case 11:
                    defaults.Add(Attribute(message.Message()));
                    break;
                case 13:
                    overload = message.Text();
                    break;
                default:
                    message.Skip();
                    break;
            }
        return new OnnxFunction(domain, name)
        {
            Overload = overload,
            Inputs = inputs,
            Outputs = outputs,
            Attributes = attributes,
            Defaults = defaults,
            Nodes = nodes,
            Opsets = opsets,
        };
    }
}
