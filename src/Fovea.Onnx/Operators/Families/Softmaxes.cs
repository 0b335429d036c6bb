using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Softmax and its logarithm. Before version 13 the tensor is coerced to a matrix, and rows are all from the axis on.</summary>
internal static class Softmaxes
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Softmax", 1, (1, 1), "axis", call => Run(call, coerced: true, logarithm: false)),
        OperatorDefinition.Of("Softmax", 13, (1, 1), "axis", call => Run(call, coerced: false, logarithm: false)),
        OperatorDefinition.Of("LogSoftmax", 1, (1, 1), "axis", call => Run(call, coerced: true, logarithm: true)),
        OperatorDefinition.Of("LogSoftmax", 13, (1, 1), "axis", call => Run(call, coerced: false, logarithm: true)),
    ];

    /// <summary>The rows that such an operation normalises.</summary>
    public static Rows Along(OperatorCall call, OnnxTensor input, bool coerced)
    {
        long wanted = call.Int("axis", coerced ? 1 : -1);
        // A matrix of one column: no axis is left.
        if (coerced && wanted == input.Rank)
            return Rows.Along(call, input, []);
        int axis = call.Axis(wanted, input.Rank);
        return Rows.Along(call, input, coerced ? [.. Enumerable.Range(axis, input.Rank - axis)] : [axis]);
    }

    /// <summary>Softmax of rows, in place.</summary>
    public static void Normalize(Span<double> values, int length, bool logarithm = false)
    {
        for (int start = 0; start < values.Length; start += length)
        {
            Span<double> row = values.Slice(start, length);
            double largest = double.NegativeInfinity, sum = 0;
            foreach (double value in row)
                largest = Math.Max(largest, value);
            foreach (ref double value in row)
            {
                value -= largest;
                sum += Math.Exp(value);
            }
            double log = Math.Log(sum);
            foreach (ref double value in row)
                value = logarithm ? value - log : Math.Exp(value) / sum;
        }
    }

    private static OnnxTensor Run(OperatorCall call, bool coerced, bool logarithm)
    {
        Rows rows = Along(call, call.FloatInput(0), coerced);
        double[] values = Elements.ToDoubles(rows.Tensor);
        Normalize(values, Math.Max(1, rows.Length), logarithm);
        return rows.Restore(call, Elements.FromDoubles(rows.Tensor.ElementType, rows.Tensor.Dimensions, values));
    }
}
