using System.Buffers.Text;
using System.Globalization;
using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Passes;
using Fovea.Serialization;

namespace Fovea.Onnx.Lowering;

/// <summary>An <see cref="OnnxOperation"/> as the text of a model file: an ONNX file of one node, in base 64.</summary>
internal static class OperationText
{
    public static string Write(OnnxOperation operation)
    {
        var inputs = new List<OnnxValue>();
        var constants = new List<OnnxTensor>();
        for (int i = 0; i < operation.Inputs.Count; i++)
            if (operation.Inputs[i] is { Value: { } value })
                constants.Add(Named(value, Name(i)));
            else if (operation.Inputs[i] is { } input)
                inputs.Add(Value(Name(i), input.Info));
        var node = operation.Node with
        {
            Name = "",
            Inputs = [.. operation.Inputs.Select((input, i) => input is null ? "" : Name(i))],
            Outputs = [.. Enumerable.Range(0, operation.Node.Outputs.Count).Select(OutputName)],
        };
        var graph = new OnnxGraph { Name = "operation", Inputs = inputs, Initializers = constants, Nodes = [node], Outputs = [Value(OutputName(operation.Output), operation.Result)] };
        return Base64Url.EncodeToString(OnnxWriter.ToBytes(new OnnxModel(graph) { Opsets = new Dictionary<string, long> { [node.Domain] = operation.Opset } }));
    }

    /// <exception cref="FormatException">The text is no such operation.</exception>
    public static OnnxOperation Read(string text)
    {
        try
        {
            using OnnxModel model = OnnxReader.Parse(Base64Url.DecodeFromChars(text));
            if (model.Graph is not { Nodes: [var node], Outputs: [var result] } graph)
                throw new FormatException("an operation has one node and one output");
            long opset = model.Opsets.GetValueOrDefault(node.Domain);
            _ = OperatorTable.Find(node, opset);
            int output = node.Outputs.ToList().IndexOf(result.Name);
            if (output < 0)
                throw new FormatException("an operation's output is one of its node");
            OperationInput?[] inputs = [.. node.Inputs.Select(name => name.Length == 0 ? null : Find(graph, name))];
            return new OnnxOperation(node, opset, output, inputs, Info(result));
        }
        catch (ModelFormatException error)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static OperationInput Find(OnnxGraph graph, string name) =>
        graph.Initializers.FirstOrDefault(tensor => tensor.Name == name) is { } constant ? new OperationInput(TensorInfo.Of(constant), constant)
        : graph.Inputs.FirstOrDefault(input => input.Name == name) is { } input ? new OperationInput(Info(input), null)
        : throw new FormatException($"an operation's input {Printable.Quote(name)} is missing");

    private static TensorInfo Info(OnnxValue value) => new(value.ElementType, [.. (value.Dimensions ?? throw new FormatException("a value of an operation has no shape"))
        .Select(dimension => dimension.Size is > 0 and <= int.MaxValue ? (int)dimension.Size : throw new FormatException("a value of an operation has an open size"))]);

    private static OnnxValue Value(string name, TensorInfo info) => new(name, info.ElementType, [.. info.Dimensions.Select(size => new OnnxDimension(size))]);

    private static OnnxTensor Named(OnnxTensor tensor, string name) => tensor.ElementType == OnnxElementType.String
        ? new OnnxTensor(tensor.Dimensions, [.. tensor.Strings], name)
        : new OnnxTensor(tensor.ElementType, tensor.Dimensions, tensor.Bytes, name);

    private static string Name(int input) => input.ToString(CultureInfo.InvariantCulture);

    private static string OutputName(int output) => string.Create(CultureInfo.InvariantCulture, $"y{output}");
}
