using System.Numerics.Tensors;
using Fovea.Layers;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Lowering.Calls;
using Fovea.Onnx.Passes;

namespace Fovea.Onnx.Lowering.Families;

/// <summary>Products of matrices; with constant weights they are full connections.</summary>
internal static class Matrices
{
    public static bool MatMul(LoweringCall call)
    {
        if (call.Output.ElementType != OnnxElementType.Float)
            return false;
        if (call.Constant(1) is { Rank: 2 } weight && call.Info().Rank >= 1)
            return Connect(call, weight, turned: false, alpha: 1, null);
        // Vectors count as matrices of one row or column by the same rule; a batch of one may be left out of matrices alone.
        Form left = call.Info(0).Rank == 2 ? call.Full(0) : call.Input(0), right = call.Info(1).Rank == 2 ? call.Full(1) : call.Input(1);
        if (left.Shape.Rank == 1 && call.Info(0).Rank > 1)
            left = call.Full(0);
        return call.Finish(new MatMul(), [left, right]);
    }

    /// <summary>A product and a sum that a pass has joined.</summary>
    public static bool Linear(LoweringCall call) => call.Constant(1) is { Rank: 2 } weight && call.Constant(2) is { } bias
        && Connect(call, weight, turned: false, alpha: 1, target => Repeat(bias, 1, target));

    public static bool Gemm(LoweringCall call)
    {
        if (call.Output.ElementType != OnnxElementType.Float)
            return false;
        double alpha = call.Float("alpha", 1), beta = call.Float("beta", 1);
        bool turnA = call.Int("transA", 0) != 0, turnB = call.Int("transB", 0) != 0;
        OnnxTensor? shift = call.Constant(2);
        if (!turnA && call.Constant(1) is { Rank: 2 } weight && (!call.Has(2) || shift is not null && IsRow(shift, call.Output.Dimensions[1])))
            return Connect(call, weight, turnB, alpha, shift is null ? null : target => Repeat(shift, (float)beta, target));
        Form left = call.Full(0), right = call.Full(1);
        Form product = call.Step(new MatMul(), turnA ? call.Step(new Transpose(1, 0), left) : left, turnB ? call.Step(new Transpose(1, 0), right) : right);
        if (alpha != 1)
            product = call.Step(new Multiply(), product, call.Numbers(new Tensors.Shape(1), (float)alpha));
        if (!call.Has(2) || beta == 0)
            return call.Give(0, product);
        Form summand = beta == 1 ? call.Full(2) : call.Step(new Multiply(), call.Full(2), call.Numbers(new Tensors.Shape(1), (float)beta));
        return call.Finish(new Add(), [product, summand]);
    }

    private static bool Connect(LoweringCall call, OnnxTensor weight, bool turned, double alpha, ParameterFill? bias)
    {
        (int inputs, int outputs) = turned ? (weight.Dimensions[1], weight.Dimensions[0]) : (weight.Dimensions[0], weight.Dimensions[1]);
        var fills = new Dictionary<string, ParameterFill>
        {
            ["weight"] = target =>
            {
                if (turned)
                    FloatCopy.To(weight, target);
                else
                    Turn(FloatCopy.Of(weight), inputs, outputs, target);
                if (alpha != 1)
                    TensorPrimitives.Multiply(target, (float)alpha, target);
            },
        };
        if (bias is not null)
            fills["bias"] = bias;
        return call.Finish(new Linear(inputs, outputs, bias is not null), call.Input(), fills);
    }

    /// <summary>(rows, columns) to (columns, rows).</summary>
    private static void Turn(ReadOnlySpan<float> values, int rows, int columns, Span<float> target)
    {
        const int tile = 16;
        for (int top = 0; top < rows; top += tile)
            for (int left = 0; left < columns; left += tile)
                for (int row = top; row < Math.Min(top + tile, rows); row++)
                    for (int column = left; column < Math.Min(left + tile, columns); column++)
                        target[column * rows + row] = values[row * columns + column];
    }

    /// <summary>Whether what is added is the same for every row.</summary>
    private static bool IsRow(OnnxTensor shift, int columns) => shift.Count == 1 || shift.Count == columns && shift.Rank > 0 && shift.Dimensions[^1] == columns;

    private static void Repeat(OnnxTensor values, float factor, Span<float> target)
    {
        if (values.Count == 1)
            target.Fill(FloatCopy.Of(values)[0]);
        else
            FloatCopy.To(values, target);
        if (factor != 1)
            TensorPrimitives.Multiply(target, factor, target);
    }
}
