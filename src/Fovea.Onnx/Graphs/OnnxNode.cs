namespace Fovea.Onnx.Graphs;

/// <summary>One operation of a graph. Names of values connect nodes; an empty name is an optional input or output left out.</summary>
internal sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>The node's name; empty if it has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The operator set the operator is of; empty for ONNX's own (<c>ai.onnx</c> is read as empty).</summary>
    public string Domain { get; init; } = "";

    /// <summary>Tells functions of one name apart (IR 10 and newer); empty otherwise.</summary>
    public string Overload { get; init; } = "";

    public IReadOnlyList<OnnxAttribute> Attributes { get; init; } = [];

    public OnnxAttribute? Find(string name) => Attributes.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>How messages name the node: its name if it has one, otherwise the output it makes.</summary>
    public string Label => Printable.Quote(Name.Length > 0 ? Name : Outputs.FirstOrDefault(output => output.Length > 0) ?? "");
}
