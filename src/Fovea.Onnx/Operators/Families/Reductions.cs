using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Many elements to one, along axes. Floats are summed in double precision, integers wrap round.</summary>
internal static class Reductions
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        .. Versions("ReduceSum", 13, call => Sums(call, row => Sum(row, x => x), row => Sum(row, x => x))),
        .. Versions("ReduceMean", 18, call => Floats(call, row => Sum(row, x => x) / row.Length, row => row.Length == 0 ? throw call.Error("the mean of no integers") : Sum(row, x => x) / row.Length)),
        .. Versions("ReduceL1", 18, call => Sums(call, row => Sum(row, Math.Abs), row => Sum(row, x => x < 0 ? -x : x))),
        .. Versions("ReduceL2", 18, call => Floats(call, row => Math.Sqrt(Sum(row, x => x * x)), row => (long)Math.Sqrt(Sum(row, x => x * x)))),
        .. Versions("ReduceSumSquare", 18, call => Sums(call, row => Sum(row, x => x * x), row => Sum(row, x => x * x))),
        .. Versions("ReduceProd", 18, call => Sums(call, Product, Product)),
        .. Versions("ReduceLogSum", 18, call => Floats(call, row => Math.Log(Sum(row, x => x)), row => (long)Math.Log(Sum(row, x => x)))),
        .. Versions("ReduceLogSumExp", 18, call => Floats(call, LogSumExp, row => (long)Math.Log(Sum(row, x => (long)Math.Exp(x))))),
        .. Versions("ReduceMax", 18, Extreme<Largest>),
        .. Versions("ReduceMin", 18, Extreme<Smallest>),
    ];

    private delegate T Reduction<T>(ReadOnlySpan<T> row);

    /// <summary>The axes are an attribute first, and an input from some version on.</summary>
    private static IEnumerable<OperatorDefinition> Versions(string name, int axesAreInput, Func<OperatorCall, OnnxTensor> run) =>
    [
        OperatorDefinition.Of(name, 1, (1, 1), "axes keepdims", run),
        OperatorDefinition.Of(name, axesAreInput, (1, 2), "keepdims noop_with_empty_axes", run),
    ];

    private static (Rows Rows, int[] Shape) Prepare(OperatorCall call)
    {
        OnnxTensor input = call.Input(0);
        long[] axes = (call.Node.Find("axes") is null ? call.Integers(1) : call.Ints("axes")) ?? [];
        bool all = axes.Length == 0 && !call.Flag("noop_with_empty_axes");
        int[] reduced = all ? [.. Enumerable.Range(0, input.Rank)] : call.Axes(axes, input.Rank);
        Rows rows = Rows.Along(call, input, reduced);
        bool keeps = call.Flag("keepdims", true);
        return (rows, keeps ? rows.Kept : [.. rows.Kept.Where((_, axis) => !reduced.Contains(axis))]);
    }

    private static OnnxTensor Sums(OperatorCall call, Reduction<double> ofFloats, Reduction<long> ofIntegers) => Floats(call, ofFloats, ofIntegers);

    private static OnnxTensor Floats(OperatorCall call, Reduction<double> ofFloats, Reduction<long> ofIntegers)
    {
        OnnxElementType type = call.Input(0).ElementType;
        call.Require(type.IsFloat() || type.IsInteger(), $"it does not take {type}");
        (Rows rows, int[] shape) = Prepare(call);
        return type.IsFloat()
            ? Elements.FromDoubles(type, shape, Reduce(rows, Elements.ToDoubles(rows.Tensor), ofFloats))
            : Elements.FromLongs(type, shape, Reduce(rows, Elements.ToLongs(rows.Tensor), ofIntegers));
    }

    private static T[] Reduce<T>(Rows rows, ReadOnlySpan<T> values, Reduction<T> reduction)
    {
        var result = new T[rows.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = reduction(values.Slice(i * rows.Length, rows.Length));
        return result;
    }

    private static T Sum<T>(ReadOnlySpan<T> row, Func<T, T> term)
        where T : INumber<T>
    {
        T sum = T.Zero;
        foreach (T value in row)
            sum += term(value);
        return sum;
    }

    private static T Product<T>(ReadOnlySpan<T> row)
        where T : INumber<T>
    {
        T product = T.One;
        foreach (T value in row)
            product *= value;
        return product;
    }

    /// <summary>The largest comes out of the sum first, so that nothing overflows.</summary>
    public static double LogSumExp(ReadOnlySpan<double> row)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double value in row)
            largest = Math.Max(largest, value);
        if (double.IsInfinity(largest))
            return largest;
        foreach (double value in row)
            sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>Of nothing it is the type's own extreme: infinity, or the least or greatest integer.</summary>
    private static OnnxTensor Extreme<TFunction>(OperatorCall call)
        where TFunction : struct, IArithmetic
    {
        (Rows rows, int[] shape) = Prepare(call);
        OnnxElementType type = rows.Tensor.ElementType;
        if (type == OnnxElementType.Bool)
        {
            OnnxTensor bytes = call.Reshaped(new OnnxTensor(OnnxElementType.UInt8, rows.Tensor.Dimensions, rows.Tensor.Bytes), rows.Tensor.Dimensions);
            OnnxTensor found = new ExtremeWork<TFunction>(call, rows, bytes, shape).Run<byte>();
            byte[] truths = found.Bytes.ToArray();
            foreach (ref byte truth in truths.AsSpan())
                truth = Math.Min(truth, (byte)1);
            return new OnnxTensor(OnnxElementType.Bool, shape, truths);
        }
        OnnxTensor wide = Elements.Widened(rows.Tensor);
        return Elements.Narrowed(Elements.Run<ExtremeWork<TFunction>, OnnxTensor>(call, wide.ElementType, new(call, rows, wide, shape)), type);
    }

    private readonly struct ExtremeWork<TFunction>(OperatorCall call, Rows rows, OnnxTensor input, int[] shape) : INumberWork<OnnxTensor>
        where TFunction : struct, IArithmetic
    {
        public OnnxTensor Run<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            T start = TFunction.Value(T.MinValue, T.MaxValue) == T.MaxValue ? Least<T>() : Most<T>();
            OnnxTensor result = call.New(input.ElementType, shape, out Span<T> target);
            ReadOnlySpan<T> values = input.Values<T>();
            for (int i = 0; i < target.Length; i++)
            {
                T found = start;
                foreach (T value in values.Slice(i * rows.Length, rows.Length))
                    found = TFunction.Value(found, value);
                target[i] = found;
            }
            return result;
        }

        private static T Least<T>()
            where T : INumber<T>, IMinMaxValue<T> => T.CreateSaturating(double.NegativeInfinity);

        private static T Most<T>()
            where T : INumber<T>, IMinMaxValue<T> => T.CreateSaturating(double.PositiveInfinity);
    }
}
