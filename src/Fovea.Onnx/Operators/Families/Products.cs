using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Products of matrices: floats summed in double precision, integers wrap round.</summary>
internal static class Products
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("MatMul", 1, (2, 2), "", MatMul),
        OperatorDefinition.Of("Gemm", 7, (3, 3), "alpha beta transA transB", Gemm),
        OperatorDefinition.Of("Gemm", 11, (2, 3), "alpha beta transA transB", Gemm),
        OperatorDefinition.Of("Einsum", 12, (1, OperatorDefinition.Many), "equation", Einsum.Run),
        OperatorDefinition.Of("Det", 11, (1, 1), "", Determinant),
    ];

    /// <summary>Stacks of matrices as NumPy multiplies them: vectors are matrices of one row or column, stacks broadcast.</summary>
    /// <param name="call">The operation.</param>
    /// <param name="first">The shape of the left factor.</param>
    /// <param name="second">The shape of the right factor.</param>
    /// <param name="left">Its elements, row-major.</param>
    /// <param name="right">The right factor's elements.</param>
    /// <returns>The product and its shape.</returns>
    public static (T[] Values, int[] Sizes) Multiply<T>(OperatorCall call, ReadOnlySpan<int> first, ReadOnlySpan<int> second, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : struct, INumber<T>
    {
        call.Require(first.Length > 0 && second.Length > 0, "its inputs must not be scalars");
        int[] a = first.Length == 1 ? [1, first[0]] : first.ToArray(), b = second.Length == 1 ? [second[0], 1] : second.ToArray();
        int rows = a[^2], inner = a[^1], columns = b[^1];
        call.Require(inner == b[^2], $"{Sizes.Text(first)} and {Sizes.Text(second)} do not multiply: {inner} columns and {b[^2]} rows");
        (int[] stack, int[] aAt, int[] bAt) = Stacks(call, a.AsSpan(..^2), b.AsSpan(..^2));
        long[] sizes = [.. stack.Select(size => (long)size), rows, columns];
        int[] shape = call.CheckSizes(sizes, sizeof(int));
        call.CheckWork((double)Sizes.Count(shape) * inner);
        var result = new T[Sizes.Count(shape)];
        for (int i = 0; i < aAt.Length; i++)
            Multiply(left.Slice(aAt[i] * rows * inner, rows * inner), right.Slice(bAt[i] * inner * columns, inner * columns), result.AsSpan(i * rows * columns, rows * columns), inner, columns);
        return (result, [.. stack, .. first.Length == 1 ? (ReadOnlySpan<int>)[] : [rows], .. second.Length == 1 ? (ReadOnlySpan<int>)[] : [columns]]);
    }

    /// <summary>Adds the product of two matrices to a third.</summary>
    public static void Multiply<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result, int inner, int columns)
        where T : struct, INumber<T>
    {
        for (int row = 0; columns > 0 && row < result.Length / columns; row++)
        {
            Span<T> sums = result.Slice(row * columns, columns);
            for (int k = 0; k < inner; k++)
                AddProduct(left[(row * inner) + k], right.Slice(k * columns, columns), sums);
        }
    }

    /// <summary>sums += factor · values.</summary>
    public static void AddProduct<T>(T factor, ReadOnlySpan<T> values, Span<T> sums)
        where T : struct, INumber<T> =>
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(values, factor, sums, sums);

    /// <summary>Which matrices of two stacks meet, by broadcasting.</summary>
    private static (int[] Stack, int[] First, int[] Second) Stacks(OperatorCall call, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        // The numbers of the matrices, broadcast like elements.
        OnnxTensor a = Numbers(first), b = Numbers(second);
        int[] sizes = Broadcast.Shape(call, a, b);
        call.CheckSizes([.. sizes.Select(size => (long)size)], sizeof(int));
        int[] aAt = new int[Sizes.Count(sizes)], bAt = new int[aAt.Length];
        Broadcast rows = Broadcast.Rows(sizes, a, b);
        for (int at = 0; rows.Next(); at += rows.Length)
            for (int i = 0; i < rows.Length; i++)
            {
                aAt[at + i] = rows.Offset(0) + (i * rows.Step(0));
                bAt[at + i] = rows.Offset(1) + (i * rows.Step(1));
            }
        return (sizes, aAt, bAt);
    }

    private static OnnxTensor Numbers(ReadOnlySpan<int> sizes) => new(OnnxElementType.UInt8, sizes, new byte[Sizes.Count(sizes)]);

    private static OnnxTensor MatMul(OperatorCall call)
    {
        OnnxTensor a = call.Input(0), b = call.Input(1);
        call.SameType(a, b);
        if (a.ElementType.IsFloat())
        {
            (double[] values, int[] shape) = Multiply<double>(call, a.Dimensions, b.Dimensions, Elements.ToDoubles(a), Elements.ToDoubles(b));
            return Elements.FromDoubles(a.ElementType, shape, values);
        }
        call.Require(a.ElementType.IsInteger(), $"it does not take {a.ElementType}");
        (long[] whole, int[] sizes) = Multiply<long>(call, a.Dimensions, b.Dimensions, Elements.ToLongs(a), Elements.ToLongs(b));
        return Elements.FromLongs(a.ElementType, sizes, whole);
    }

    /// <summary>alpha · A · B + beta · C, where C broadcasts to the product.</summary>
    private static OnnxTensor Gemm(OperatorCall call)
    {
        OnnxTensor a = Turned(call, 0, "transA"), b = Turned(call, 1, "transB");
        call.SameType(a, b);
        double alpha = call.Float("alpha", 1), beta = call.Float("beta", 1);
        OnnxElementType type = a.ElementType;
        if (type.IsFloat())
        {
            (double[] values, int[] shape) = Gemm<double>(call, a, b, Elements.ToDoubles, alpha, beta);
            return Elements.FromDoubles(type, shape, values);
        }
        call.Require(type.IsInteger(), $"it does not take {type}");
        call.Require(alpha == Math.Floor(alpha) && beta == Math.Floor(beta), "of integers, alpha and beta must be whole numbers");
        (long[] whole, int[] sizes) = Gemm<long>(call, a, b, Elements.ToLongs, (long)alpha, (long)beta);
        return Elements.FromLongs(type, sizes, whole);
    }

    private static (T[] Values, int[] Sizes) Gemm<T>(OperatorCall call, OnnxTensor a, OnnxTensor b, Func<OnnxTensor, T[]> read, T alpha, T beta)
        where T : struct, INumber<T>
    {
        (T[] values, int[] shape) = Multiply<T>(call, a.Dimensions, b.Dimensions, read(a), read(b));
        foreach (ref T value in values.AsSpan())
            value *= alpha;
        if (call.Optional(2) is { } c)
        {
            call.SameType(a, c);
            OnnxTensor product = Numbers(shape);
            call.Require(Broadcast.Shape(call, product, c).AsSpan().SequenceEqual(shape), $"C of {Sizes.Text(c.Dimensions)} does not broadcast to {Sizes.Text(shape)}");
            T[] added = read(c);
            Broadcast rows = Broadcast.Rows(shape, product, c);
            while (rows.Next())
                for (int i = 0; i < rows.Length; i++)
                    values[rows.Offset(0) + (i * rows.Step(0))] += beta * added[rows.Offset(1) + (i * rows.Step(1))];
        }
        return (values, shape);
    }

    private static OnnxTensor Turned(OperatorCall call, int index, string attribute)
    {
        OnnxTensor input = call.Input(index);
        call.Require(input.Rank == 2, $"input {index + 1} must be a matrix, not {Sizes.Text(input.Dimensions)}");
        return call.Flag(attribute) ? Movements.Transpose(call, input, [1, 0]) : input;
    }

    private static OnnxTensor Determinant(OperatorCall call)
    {
        OnnxTensor input = call.FloatInput(0);
        call.Require(input.Rank >= 2 && input.Dimensions[^1] == input.Dimensions[^2], "it takes square matrices");
        int n = input.Dimensions[^1];
        double[] values = Elements.ToDoubles(input);
        var result = new double[Sizes.Count(input.Dimensions[..^2])];
        for (int i = 0; i < result.Length; i++)
            result[i] = Determinant(values.AsSpan(i * n * n, n * n), n);
        return Elements.FromDoubles(input.ElementType, input.Dimensions[..^2], result);
    }

    /// <summary>By elimination with the largest pivot of each column.</summary>
    private static double Determinant(Span<double> m, int n)
    {
        double result = 1;
        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < n; row++)
                if (Math.Abs(m[(row * n) + column]) > Math.Abs(m[(pivot * n) + column]))
                    pivot = row;
            if (m[(pivot * n) + column] == 0)
                return 0;
            if (pivot != column)
            {
                result = -result;
                for (int k = 0; k < n; k++)
                    (m[(pivot * n) + k], m[(column * n) + k]) = (m[(column * n) + k], m[(pivot * n) + k]);
            }
            double top = m[(column * n) + column];
            result *= top;
            for (int row = column + 1; row < n; row++)
                AddProduct(-m[(row * n) + column] / top, m.Slice(column * n, n), m.Slice(row * n, n));
        }
        return result;
    }
}
