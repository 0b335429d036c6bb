namespace Fovea.Onnx.Graphs;

/// <summary>A dimension as a file states it: a size, a name (such as N), or neither.</summary>
internal readonly record struct OnnxDimension(long? Size, string Name = "");

/// <summary>A value that a graph takes or gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its elements; undefined where the file does not say, or where it is no tensor.</param>
/// <param name="Dimensions">Its dimensions; null where the file does not say.</param>
internal sealed record OnnxValue(string Name, OnnxElementType ElementType, IReadOnlyList<OnnxDimension>? Dimensions);

/// <summary>Operations in order: each takes what inputs, initialisers and earlier nodes give.</summary>
internal sealed record OnnxGraph
{
    public string Name { get; init; } = "";

    /// <summary>What the graph takes. Files of before IR 4 repeat initialisers here.</summary>
    public IReadOnlyList<OnnxValue> Inputs { get; init; } = [];

    public IReadOnlyList<OnnxValue> Outputs { get; init; } = [];

    public IReadOnlyList<OnnxNode> Nodes { get; init; } = [];

    /// <summary>Named constants: weights for the most part.</summary>
    public IReadOnlyList<OnnxTensor> Initializers { get; init; } = [];
}

/// <summary>An operator that the file itself defines by other operators.</summary>
internal sealed record OnnxFunction(string Domain, string Name)
{
    /// <summary>Tells functions of one name apart (IR 10 and newer); empty otherwise.</summary>
    public string Overload { get; init; } = "";

    public IReadOnlyList<string> Inputs { get; init; } = [];

    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Names of attributes without a default.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>Attributes with their defaults.</summary>
    public IReadOnlyList<OnnxAttribute> Defaults { get; init; } = [];

    public IReadOnlyList<OnnxNode> Nodes { get; init; } = [];

    /// <summary>Versions of the operator sets that its nodes are of.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; init; } = new Dictionary<string, long>();
}

/// <summary>A file's content. Tensors may be views of the file: dispose of the model when they are no longer read.</summary>
internal sealed record OnnxModel(OnnxGraph Graph) : IDisposable
{
    public long IrVersion { get; init; } = 8;

    /// <summary>Version of every operator set by domain; the empty one is ONNX's own.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; init; } = new Dictionary<string, long> { [""] = 17 };

    public string Producer { get; init; } = "";

    public string ProducerVersion { get; init; } = "";

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<OnnxFunction> Functions { get; init; } = [];

    /// <summary>What a reader should know of the file, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the tensors are views of.</summary>
    public IReadOnlyList<IDisposable> Storage { get; init; } = [];

    public void Dispose()
    {
        foreach (IDisposable part in Storage)
            part.Dispose();
    }
}
