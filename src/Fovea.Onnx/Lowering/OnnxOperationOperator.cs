using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Execution;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators;
using Fovea.Onnx.Operators.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering;

/// <summary>Runs <see cref="OnnxOperation"/>, sample by sample. Unlike Fovea's own operators it allocates.</summary>
internal sealed class OnnxOperationOperator : LayerOperator
{
    // A minute of one thread: more is no part of a classifier.
    private static readonly EvaluationLimits Limits = new(int.MaxValue, 1L << 34);

    private readonly OnnxOperation _operation;
    private readonly OnnxTensor?[] _constants;

    public OnnxOperationOperator(OnnxOperation operation, OperatorContext context)
        : base(context)
    {
        if (context.HasBackward)
            throw new NotSupportedException($"node '{context.Node.Name}': {operation.Node.Operator} of ONNX has no layer, and so no gradient: the network runs but does not learn");
        _operation = operation;
        _constants = [.. operation.Inputs.Select(input => input?.Value is { } value ? FloatTypes.Of(value) : null)];
    }

    public override string Algorithm => $"{_operation.Node.Operator} as ONNX defines it";

    public override void Forward(in Slice slice)
    {
        Span<float> output = slice.Output;
        output.Clear();
        for (int lane = 0; lane < slice.Count; lane++)
        {
            var inputs = new OnnxTensor?[_operation.Inputs.Count];
            int next = 0;
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = _constants[i] ?? (_operation.Inputs[i] is { } input ? Read(slice.Input(next++), lane, input.Info) : null);
            OnnxTensor?[] results = OperatorEvaluator.Evaluate(_operation.Node, _operation.Opset, inputs, Limits);
            float[] values = FloatCopy.Of(results[_operation.Output]!);
            for (int i = 0; i < values.Length; i++)
                output[i * Lanes + lane] = values[i];
        }
    }

    public override void Backward(in Slice slice) => throw new NotSupportedException();

    private OnnxTensor Read(ReadOnlySpan<float> values, int lane, TensorInfo info)
    {
        int count = values.Length / Lanes;
        var floats = new float[count];
        for (int i = 0; i < count; i++)
            floats[i] = values[i * Lanes + lane];
        if (info.ElementType == OnnxElementType.Float)
            return new OnnxTensor(OnnxElementType.Float, info.Dimensions, MemoryMarshal.AsBytes(floats.AsSpan()).ToArray());
        if (info.ElementType == OnnxElementType.Bool)
            return new OnnxTensor(OnnxElementType.Bool, info.Dimensions, Array.ConvertAll(floats, value => value != 0 ? (byte)1 : (byte)0));
        var doubles = new double[count];
        TensorPrimitives.ConvertTruncating<float, double>(floats, doubles);
        return Elements.FromDoubles(info.ElementType, info.Dimensions, doubles);
    }
}
