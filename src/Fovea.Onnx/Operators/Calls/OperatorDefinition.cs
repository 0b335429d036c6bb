using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>One version of an operator.</summary>
/// <param name="Name">Its name, such as <c>Conv</c>.</param>
/// <param name="Since">The operator set it came with. Versions that only allow more element types have no line of their own.</param>
/// <param name="Inputs">The fewest and the most inputs; the most is <see cref="Many"/> for lists.</param>
/// <param name="Outputs">The most outputs.</param>
/// <param name="Attributes">The names of all its attributes, separated by spaces. Others are refused.</param>
/// <param name="Run">Works out the outputs.</param>
internal sealed record OperatorDefinition(
    string Name, int Since, (int Least, int Most) Inputs, int Outputs, string Attributes, Func<OperatorCall, OnnxTensor?[]> Run)
{
    /// <summary>Any number of inputs or outputs.</summary>
    public const int Many = int.MaxValue;

    /// <summary>The operator set it is of; empty for ONNX's own.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The names of <see cref="Attributes"/>.</summary>
    public IReadOnlyList<string> AttributeNames { get; } = Attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>An operator of one output.</summary>
    public static OperatorDefinition Of(string name, int since, (int Least, int Most) inputs, string attributes, Func<OperatorCall, OnnxTensor> run) =>
        new(name, since, inputs, 1, attributes, call => [run(call)]);
}
