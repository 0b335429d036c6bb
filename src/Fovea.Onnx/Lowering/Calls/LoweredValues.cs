using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Passes;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering.Calls;

/// <summary>Where the values of a graph lie in the network that is made of it.</summary>
internal sealed class LoweredValues(ImportGraph graph)
{
    private readonly Dictionary<string, Form> _forms = [];

    public ImportGraph Graph => graph;

    public NetworkDraft Draft { get; } = new();

    /// <summary>Where a value lies; a constant becomes a node when it is read.</summary>
    /// <exception cref="ModelFormatException">Nothing gives it.</exception>
    public Form Find(OnnxNode node, string value)
    {
        if (_forms.TryGetValue(value, out Form form))
            return form;
        if (!graph.Constants.TryGetValue(value, out OnnxTensor? constant))
            throw new ModelFormatException($"node {node.Label}: nothing gives its input {Printable.Quote(value)}");
        Shape shape = ShapeOf(constant.Dimensions, value);
        // Not kept: what a node that is taken out again added goes with it.
        return Draft.Add(new ConstantTensor(shape), value, [], new Dictionary<string, ParameterFill> { ["value"] = target => FloatCopy.To(constant, target) });
    }

    /// <summary>Says where a value lies.</summary>
    public void Set(string value, Form form) => _forms[value] = form;

    /// <summary>The shape under which a network holds a value.</summary>
    /// <exception cref="ModelFormatException">It has too many dimensions or elements.</exception>
    public static Shape ShapeOf(ReadOnlySpan<int> dimensions, string value)
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
