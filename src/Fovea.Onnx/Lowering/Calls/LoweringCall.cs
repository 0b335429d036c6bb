using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Passes;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Calls;

/// <summary>One node on its way into the network: its inputs, its attributes, and where its layers go.</summary>
internal sealed class LoweringCall(LoweredValues lowered, OnnxNode node)
{
    public OnnxNode Node => node;

    public ImportGraph Graph => lowered.Graph;

    /// <summary>The version of the operator set.</summary>
    public long Opset => Graph.Opset(node);

    /// <summary>Type and sizes of the output.</summary>
    public TensorInfo Output => Graph.Values[node.Outputs[0]];

    /// <summary>Whether the node gives one output alone.</summary>
    public bool HasOneOutput => node.Outputs.Skip(1).All(output => output.Length == 0 || Graph.Uses(output) == 0);

    /// <summary>Whether a node has this input.</summary>
    public bool Has(int input) => input < node.Inputs.Count && node.Inputs[input].Length > 0;

    /// <summary>Type and sizes of an input.</summary>
    public TensorInfo Info(int input = 0) => Graph.Info(node, node.Inputs[input]);

    /// <summary>An input that is a constant; null if it is computed or left out.</summary>
    public OnnxTensor? Constant(int input) => Graph.Constant(node, input);

    /// <summary>A constant input of whole numbers; null if it is computed or left out.</summary>
    public long[]? Longs(int input) => Constant(input) is { } constant && constant.ElementType.IsInteger() ? Elements.ToLongs(constant) : null;

    /// <summary>A constant input of one number; null if it is another.</summary>
    public double? Number(int input) => Constant(input) is { Count: 1 } constant && constant.ElementType.IsFloat() ? Elements.ToDoubles(constant)[0] : null;

    public long Int(string name, long fallback) => node.Find(name)?.Int ?? fallback;

    public double Float(string name, double fallback) => node.Find(name)?.Float ?? fallback;

    public long[]? Ints(string name) => node.Find(name)?.Ints.ToArray();

    public string Word(string name, string fallback) => node.Find(name)?.String ?? fallback;

    /// <summary>An input as the network holds it; a constant becomes a node.</summary>
    public Form Input(int input = 0) => lowered.Find(node, node.Inputs[input]);

    /// <summary>An input with all its dimensions.</summary>
    public Form Full(int input = 0) => As(Input(input), new Shape(Info(input).Dimensions));

    /// <summary>
    /// An input of rank 4 as feature maps (C, H, W), of rank 3 as a sequence (C, L); null if it is of another rank, or holds several samples.
    /// </summary>
    public Form? Sample(int rank, int input = 0) =>
        Info(input) is var info && info.Rank == rank && info.Dimensions[0] == 1 ? As(Input(input), new Shape(info.Dimensions.AsSpan(1))) : null;

    /// <summary>The same elements in another shape.</summary>
    public Form As(Form form, Shape shape) => form.Shape == shape ? form : Step(new Reshape(shape.ToArray()), form);

    /// <summary>Adds a layer on the way.</summary>
    public Form Step(Layer layer, params ReadOnlySpan<Form> from) => lowered.Draft.Add(layer, $"{Name}_{layer.GetType().Name}", from);

    /// <summary>Adds the layer that gives the node's output, with what fills its parameters.</summary>
    public bool Finish(Layer layer, Form from, Dictionary<string, ParameterFill>? fills = null) => Finish(layer, [from], fills);

    /// <inheritdoc cref="Finish(Layer, Form, Dictionary{string, ParameterFill})"/>
    public bool Finish(Layer layer, ReadOnlySpan<Form> from, Dictionary<string, ParameterFill>? fills = null) =>
        Give(0, lowered.Draft.Add(layer, Name, from, fills));

    /// <summary>Says where an output lies.</summary>
    /// <returns>Whether it has the sizes that the graph says; otherwise no layer does what the node does.</returns>
    public bool Give(int output, Form form)
    {
        Shape shape = Form.Of(Graph.Values[node.Outputs[output]].Dimensions);
        if (shape.Length != form.Shape.Length)
            return false;
        lowered.Set(node.Outputs[output], As(form, shape));
        return true;
    }

    /// <summary>Adds a constant of the lowering's own making.</summary>
    public Form Numbers(Shape shape, params float[] values) => lowered.Draft.Add(
        new ConstantTensor(shape), $"{Name}_value", [], new Dictionary<string, ParameterFill> { ["value"] = target => values.CopyTo(target) });

    /// <summary>What copies a constant into a parameter, in its order.</summary>
    public static ParameterFill Copy(OnnxTensor tensor) => target => FloatCopy.To(tensor, target);

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int input = 0) => ShapeRules.Axis(node, axis, Info(input).Rank);

    /// <summary>
    /// An input with an axis of it: without its batch dimension where the axis is another, with all dimensions where that is the one.
    /// </summary>
    public (Form Form, int Axis) Along(long axis, int input = 0)
    {
        int dimension = Axis(axis, input);
        if (!Form.HasBatch(Info(input).Dimensions))
            return (Input(input), dimension);
        return dimension == 0 ? (Full(input), 0) : (Input(input), dimension - 1);
    }

    /// <summary>The name of the node in the network: that of its weights where they have one, else its own, else that of its output.</summary>
    public string Name { get; } = NameOf(node);

    private static string NameOf(OnnxNode node)
    {
        const string weight = ".weight";
        string? weights = node.Inputs.Skip(1).FirstOrDefault(input => input.EndsWith(weight, StringComparison.Ordinal) && input.Length > weight.Length);
        return weights is not null ? weights[..^weight.Length] : node.Name.Length > 0 ? node.Name : node.Outputs[0];
    }
}
