using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>A window's elements to one, map by map. x is (N, C, …).</summary>
internal static class Pooling
{
    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        new("MaxPool", 1, (1, 1), 1, "auto_pad kernel_shape pads strides", MaxPool),
        new("MaxPool", 8, (1, 1), 2, "auto_pad kernel_shape pads storage_order strides", MaxPool),
        new("MaxPool", 10, (1, 1), 2, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides", MaxPool),
        OperatorDefinition.Of("AveragePool", 7, (1, 1), "auto_pad count_include_pad kernel_shape pads strides", AveragePool),
        OperatorDefinition.Of("AveragePool", 10, (1, 1), "auto_pad ceil_mode count_include_pad kernel_shape pads strides", AveragePool),
        OperatorDefinition.Of("AveragePool", 19, (1, 1), "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", AveragePool),
        OperatorDefinition.Of("LpPool", 2, (1, 1), "auto_pad kernel_shape p pads strides", LpPool),
        OperatorDefinition.Of("LpPool", 18, (1, 1), "auto_pad ceil_mode dilations kernel_shape p pads strides", LpPool),
        OperatorDefinition.Of("GlobalMaxPool", 1, (1, 1), "", call => Global(call, row => row.Length == 0 ? double.NegativeInfinity : System.Numerics.Tensors.TensorPrimitives.Max(row))),
        OperatorDefinition.Of("GlobalAveragePool", 1, (1, 1), "", call => Global(call, row => System.Numerics.Tensors.TensorPrimitives.Sum(row) / row.Length)),
        OperatorDefinition.Of("GlobalLpPool", 2, (1, 1), "p", call => Global(call, Norm(call))),
        OperatorDefinition.Of("MaxUnpool", 9, (2, 3), "kernel_shape pads strides", MaxUnpool),
    ];

    private delegate double RowFunction(ReadOnlySpan<double> row);

    private static OnnxTensor Image(OperatorCall call, bool bytes = false)
    {
        OnnxTensor x = call.Input(0);
        call.Require(x.ElementType.IsFloat() || (bytes && x.ElementType is OnnxElementType.UInt8 or OnnxElementType.Int8), $"it does not take {x.ElementType}");
        call.Require(x.Rank >= 3, $"it takes (N, C, …), not {Sizes.Text(x.Dimensions)}");
        return x;
    }

    private static (Window Window, WindowTaps Taps, int[] Shape, int Planes, int Pixels) Prepare(OperatorCall call, OnnxTensor x)
    {
        Window window = Window.Of(call, x.Dimensions[2..], null);
        int[] shape = [x.Dimensions[0], x.Dimensions[1], .. window.Positions];
        call.CheckSizes([.. shape.Select(size => (long)size)], sizeof(float));
        call.CheckWork((double)Sizes.Count(shape) * Sizes.Count(window.Kernel));
        return (window, window.Taps(call), shape, x.Dimensions[0] * x.Dimensions[1], Sizes.Count(window.Image));
    }

    private static OnnxTensor[] MaxPool(OperatorCall call)
    {
        OnnxTensor x = Image(call, bytes: true);
        (Window window, WindowTaps taps, int[] shape, int planes, int pixels) = Prepare(call, x);
        bool columnMajor = call.Flag("storage_order");
        double[] values = Elements.ToDoubles(x), largest = new double[Sizes.Count(shape)];
        var places = new long[largest.Length];
        for (int i = 0; i < largest.Length; i++)
        {
            int plane = i / taps.Positions, p = i % taps.Positions, best = -1;
            double most = double.NegativeInfinity;
            for (int t = taps.Starts[p]; t < taps.Starts[p + 1]; t++)
            {
                double value = values[(plane * pixels) + taps.Image[t]];
                if (best >= 0 && !(value > most))
                    continue;
                (most, best) = (value, taps.Image[t]);
            }
            largest[i] = most;
            places[i] = ((long)plane * pixels) + (columnMajor ? ColumnMajor(window.Image, best) : best);
        }
        OnnxTensor result = Elements.FromDoubles(x.ElementType, shape, largest);
        return call.OutputCount > 1 ? [result, call.NewLongs(shape, places)] : [result];
    }

    /// <summary>The place of an element if the first dimension were the one whose elements lie side by side.</summary>
    private static int ColumnMajor(int[] sizes, int place)
    {
        int result = 0, stride = Sizes.Count(sizes);
        for (int d = sizes.Length - 1; d >= 0; place /= sizes[d], d--)
            result += place % sizes[d] * (stride /= sizes[d]);
        return result;
    }

    private static OnnxTensor AveragePool(OperatorCall call)
    {
        OnnxTensor x = Image(call);
        (Window window, WindowTaps taps, int[] shape, int planes, int pixels) = Prepare(call, x);
        int[]? counts = call.Flag("count_include_pad") ? window.PaddedCounts() : null;
        double[] values = Elements.ToDoubles(x), means = new double[Sizes.Count(shape)];
        for (int i = 0; i < means.Length; i++)
        {
            int p = i % taps.Positions, count = counts?[p] ?? taps.Starts[p + 1] - taps.Starts[p];
            double sum = 0;
            for (int t = taps.Starts[p]; t < taps.Starts[p + 1]; t++)
                sum += values[(i / taps.Positions * pixels) + taps.Image[t]];
            means[i] = sum / count;
        }
        return Elements.FromDoubles(x.ElementType, shape, means);
    }

    private static OnnxTensor LpPool(OperatorCall call)
    {
        OnnxTensor x = Image(call);
        (_, WindowTaps taps, int[] shape, int planes, int pixels) = Prepare(call, x);
        double power = Power(call);
        double[] values = Elements.ToDoubles(x), norms = new double[Sizes.Count(shape)];
        for (int i = 0; i < norms.Length; i++)
        {
            double sum = 0;
            for (int p = i % taps.Positions, t = taps.Starts[p]; t < taps.Starts[p + 1]; t++)
                sum += Math.Pow(Math.Abs(values[(i / taps.Positions * pixels) + taps.Image[t]]), power);
            norms[i] = Math.Pow(sum, 1 / power);
        }
        return Elements.FromDoubles(x.ElementType, shape, norms);
    }

    private static double Power(OperatorCall call)
    {
        long power = call.Int("p", 2);
        call.Require(power >= 1, $"attribute p must be positive, not {power}");
        return power;
    }

    private static RowFunction Norm(OperatorCall call)
    {
        double power = Power(call);
        return row =>
        {
            double sum = 0;
            foreach (double value in row)
                sum += Math.Pow(Math.Abs(value), power);
            return Math.Pow(sum, 1 / power);
        };
    }

    private static OnnxTensor Global(OperatorCall call, RowFunction function)
    {
        OnnxTensor x = Image(call);
        int planes = x.Dimensions[0] * x.Dimensions[1], pixels = Sizes.Count(x.Dimensions[2..]);
        double[] values = Elements.ToDoubles(x), result = new double[planes];
        for (int i = 0; i < planes; i++)
            result[i] = function(values.AsSpan(i * pixels, pixels));
        int[] shape = new int[x.Rank];
        Array.Fill(shape, 1);
        (shape[0], shape[1]) = (x.Dimensions[0], x.Dimensions[1]);
        return Elements.FromDoubles(x.ElementType, shape, result);
    }

    /// <summary>Every element where the pooling found it; zero elsewhere.</summary>
    private static OnnxTensor MaxUnpool(OperatorCall call)
    {
        OnnxTensor x = Image(call), indices = call.Input(1, OnnxElementType.Int64);
        call.Require(indices.Dimensions.SequenceEqual(x.Dimensions), "its indices must be of the shape of its input");
        int rank = x.Rank - 2;
        int[] kernel = Window.KernelShape(call, rank, null);
        long[] strides = Window.Steps(call, "strides", rank), sizes = [x.Dimensions[0], x.Dimensions[1], .. new long[rank]];
        (long[] begin, long[] end) = Window.Pads(call, rank);
        for (int i = 0; i < rank; i++)
            sizes[i + 2] = ((x.Dimensions[i + 2] - 1) * strides[i]) + kernel[i] - begin[i] - end[i];
        int[] inferred = call.CheckSizes(sizes, sizeof(float));
        int[] shape = call.Integers(2) is { } stated ? call.CheckSizes(stated, sizeof(float)) : inferred;
        call.Require(shape.Length == x.Rank, "its output shape has another number of dimensions");
        double[] values = Elements.ToDoubles(x), result = call.NewDoubles(shape);
        // Indices count in the image that the attributes imply; a larger stated shape has it in its corner.
        int[] strideOf = Sizes.Strides(shape), inferredStrides = Sizes.Strides(inferred);
        for (int d = 0; d < shape.Length; d++)
            call.Require(shape[d] >= inferred[d], $"its output shape {Sizes.Text(shape)} is smaller than {Sizes.Text(inferred)}");
        ReadOnlySpan<long> places = indices.Values<long>();
        for (int i = 0; i < values.Length; i++)
        {
            int place = Gathering.Index(call, places[i], Sizes.Count(inferred)), at = 0;
            for (int d = 0; d < shape.Length; d++)
                at += place / inferredStrides[d] % inferred[d] * strideOf[d];
            result[at] = values[i];
        }
        return Elements.FromDoubles(x.ElementType, shape, result);
    }
}
