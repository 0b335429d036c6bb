namespace Fovea.Onnx.Graphs;

/// <summary>The kind of an attribute's value, numbered as in <c>AttributeProto.AttributeType</c>.</summary>
internal enum OnnxAttributeKind
{
    Undefined = 0,
    Float = 1,
    Int = 2,
    String = 3,
    Tensor = 4,
    Graph = 5,
    Floats = 6,
    Ints = 7,
    Strings = 8,
    Tensors = 9,
    Graphs = 10,
}

/// <summary>An attribute of a node. One of the values is set, by <see cref="Kind"/>.</summary>
internal sealed record OnnxAttribute(string Name, OnnxAttributeKind Kind)
{
    public float Float { get; init; }

    public long Int { get; init; }

    /// <summary>A string; ONNX stores bytes, which are read as UTF-8.</summary>
    public string String { get; init; } = "";

    public OnnxTensor? Tensor { get; init; }

    public OnnxGraph? Graph { get; init; }

    public IReadOnlyList<float> Floats { get; init; } = [];

    public IReadOnlyList<long> Ints { get; init; } = [];

    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>The attribute of the enclosing function that this one stands for; empty if it has a value of its own.</summary>
    public string ReferenceTo { get; init; } = "";

    public static OnnxAttribute Of(string name, long value) => new(name, OnnxAttributeKind.Int) { Int = value };

    public static OnnxAttribute Of(string name, float value) => new(name, OnnxAttributeKind.Float) { Float = value };

    public static OnnxAttribute Of(string name, string value) => new(name, OnnxAttributeKind.String) { String = value };

    public static OnnxAttribute Of(string name, OnnxTensor value) => new(name, OnnxAttributeKind.Tensor) { Tensor = value };

    public static OnnxAttribute Of(string name, IReadOnlyList<long> values) => new(name, OnnxAttributeKind.Ints) { Ints = values };

    public static OnnxAttribute Of(string name, IReadOnlyList<float> values) => new(name, OnnxAttributeKind.Floats) { Floats = values };
}
