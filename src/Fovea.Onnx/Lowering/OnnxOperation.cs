using Fovea.Execution;
using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;
using Fovea.Tensors;

namespace Fovea.Onnx.Lowering;

/// <summary>
/// An operation that no layer does, run as ONNX defines it, element type by element type, in plain C#: slow, for use alone,
/// not for training. Values between nodes are float32: whole numbers keep their value up to 2²⁴.
/// </summary>
internal sealed record OnnxOperation : Layer
{
    public OnnxOperation(OnnxNode node, long opset, int output, IReadOnlyList<OperationInput?> inputs, TensorInfo result) =>
        (Node, Opset, Output, Inputs, Result) = (node, opset, output, inputs, result);

    /// <summary>The operator with its attributes.</summary>
    public OnnxNode Node { get; }

    /// <summary>The version of its operator set.</summary>
    public long Opset { get; }

    /// <summary>Which of the operator's outputs is the layer's.</summary>
    public int Output { get; }

    /// <summary>What it reads, in order; null for what is left out.</summary>
    public IReadOnlyList<OperationInput?> Inputs { get; }

    /// <summary>Type and sizes of what it gives.</summary>
    public TensorInfo Result { get; }

    public override int? InputCount => Inputs.Count(input => input is { Value: null });

    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        int next = 0;
        foreach (OperationInput? input in Inputs)
            if (input is { Value: null } && inputs[next++].Length != input.Info.Dimensions.Aggregate(1, (product, size) => product * size))
                throw new ShapeException($"{Node.Operator} takes {input.Info}, got {inputs[next - 1]}");
        return Form.Of(Result.Dimensions);
    }

    /// <summary>Lets a node be an operation of its own, one a output.</summary>
    public static void Lower(LoweringCall call)
    {
        Register();
        OperatorSignature.Check(call.Graph, call.Node);
        OperationInput?[] inputs = [.. call.Node.Inputs.Select((name, index) => name.Length == 0 ? null : new OperationInput(call.Info(index), Own(call.Constant(index))))];
        Form[] from = [.. Enumerable.Range(0, inputs.Length).Where(index => inputs[index] is { Value: null }).Select(call.Input)];
        for (int output = 0; output < call.Node.Outputs.Count; output++)
            if (call.Node.Outputs[output].Length > 0 && call.Graph.Uses(call.Node.Outputs[output]) > 0)
                call.Give(output, call.Step(new OnnxOperation(call.Node, call.Opset, output, inputs, call.Graph.Values[call.Node.Outputs[output]]), from));
    }

    /// <summary>Whether both do the same.</summary>
    public bool Equals(OnnxOperation? other) => other is not null && (ReferenceEquals(this, other) || OperationText.Write(this) == OperationText.Write(other));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Node.Operator, Opset, Output);

    // What the file holds goes with the file.
    private static OnnxTensor? Own(OnnxTensor? tensor) => tensor is null || tensor.ElementType == OnnxElementType.String ? tensor
        : new OnnxTensor(tensor.ElementType, tensor.Dimensions, tensor.Bytes.ToArray());

    private static readonly Lock Gate = new();
    private static bool _registered;

    /// <summary>Makes the layer known to plans and files.</summary>
    public static void Register()
    {
        lock (Gate)
            if (!_registered)
            {
                LayerRegistry.Add<OnnxOperation>((layer, context) => new OnnxOperationOperator(layer, context), (fields, layer) => OperationText.Read(fields.Text("operation", layer is null ? null : OperationText.Write(layer))));
                _registered = true;
            }
    }
}

/// <summary>What an operation reads.</summary>
/// <param name="Info">Its type and sizes.</param>
/// <param name="Value">Its elements, if it is a constant.</param>
internal sealed record OperationInput(TensorInfo Info, OnnxTensor? Value);
