using System.Numerics;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>Convolutions of any number of dimensions, and what undoes their shapes. x is (N, C, …), weights (M, C / group, …).</summary>
internal static class Convolutions
{
    private const string WindowAttributes = "auto_pad dilations group kernel_shape pads strides";

    public static IEnumerable<OperatorDefinition> Definitions =>
    [
        OperatorDefinition.Of("Conv", 1, (2, 3), WindowAttributes, Conv),
        OperatorDefinition.Of("ConvTranspose", 1, (2, 3), $"{WindowAttributes} output_padding output_shape", ConvTranspose),
        OperatorDefinition.Of("ConvInteger", 10, (2, 4), WindowAttributes, ConvInteger),
        OperatorDefinition.Of("Col2Im", 18, (3, 3), "dilations pads strides", Col2Im),
    ];

    /// <summary>The attributes that describe a convolution's window.</summary>
    public static string Attributes => WindowAttributes;

    private static OnnxTensor Conv(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0), w = call.FloatInput(1);
        call.SameType(x, w);
        (double[] values, int[] shape) = Convolve<double>(call, x, w, Elements.ToDoubles(x), Elements.ToDoubles(w));
        AddBias(call, values, shape, 2);
        return Elements.FromDoubles(x.ElementType, shape, values);
    }

    /// <summary>Zero points are subtracted first; that of the weights may be one for each of their maps.</summary>
    private static OnnxTensor ConvInteger(OperatorCall call)
    {
        OnnxTensor x = call.Input(0, OnnxElementType.UInt8, OnnxElementType.Int8), w = call.Input(1, OnnxElementType.UInt8, OnnxElementType.Int8);
        long[] inputs = Centred(call, x, call.Optional(2), 0, perMap: false), weights = Centred(call, w, call.Optional(3), 0, perMap: true);
        (long[] values, int[] shape) = Convolve<long>(call, x, w, inputs, weights);
        return Elements.FromLongs(OnnxElementType.Int32, shape, values);
    }

    /// <summary>Integers without their zero point, which is one number, or one for every element along an axis.</summary>
    public static long[] Centred(OperatorCall call, OnnxTensor tensor, OnnxTensor? zero, int axis, bool perMap)
    {
        long[] values = Elements.ToLongs(tensor);
        if (zero is null)
            return values;
        call.SameType(tensor, zero);
        long[] zeros = Elements.ToLongs(zero);
        call.Require(zeros.Length == 1 || (perMap && axis < tensor.Rank && zeros.Length == tensor.Dimensions[axis]), $"a zero point of {Sizes.Text(zero.Dimensions)} does not fit {Sizes.Text(tensor.Dimensions)}");
        int inner = Sizes.Count(tensor.Dimensions[(Math.Min(axis, tensor.Rank - 1) + 1)..]);
        for (int i = 0; i < values.Length; i++)
            values[i] -= zeros[zeros.Length == 1 ? 0 : i / inner % zeros.Length];
        return values;
    }

    /// <summary>The sums of a convolution, without bias.</summary>
    public static (T[] Values, int[] Sizes) Convolve<T>(OperatorCall call, OnnxTensor x, OnnxTensor w, T[] inputs, T[] weights)
        where T : struct, INumber<T>
    {
        (int n, int channels, int groups) = Check(call, x, w);
        int maps = w.Dimensions[0], perGroup = w.Dimensions[1];
        call.Require(channels == perGroup * groups, $"{channels} channels do not fit weights {Sizes.Text(w.Dimensions)} in {groups} groups");
        call.Require(maps % groups == 0, $"{maps} maps do not split into {groups} groups");
        Window window = Window.Of(call, x.Dimensions[2..], w.Dimensions[2..].ToArray());
        int[] shape = [n, maps, .. window.Positions];
        call.CheckSizes([.. shape.Select(size => (long)size)], sizeof(int));
        call.CheckWork((double)Sizes.Count(shape) * perGroup * Sizes.Count(window.Kernel));
        WindowTaps taps = window.Taps(call);
        int image = Sizes.Count(window.Image), kernel = Sizes.Count(window.Kernel), mapsPerGroup = maps / groups;
        var result = new T[Sizes.Count(shape)];
        for (int sample = 0; sample < n; sample++)
            for (int map = 0; map < maps; map++)
            {
                Span<T> sums = result.AsSpan(((sample * maps) + map) * taps.Positions, taps.Positions);
                for (int c = 0; c < perGroup; c++)
                    Gather(taps, inputs.AsSpan(((sample * channels) + (map / mapsPerGroup * perGroup) + c) * image, image), weights.AsSpan(((map * perGroup) + c) * kernel, kernel), sums);
            }
        return (result, shape);
    }

    private static void Gather<T>(WindowTaps taps, ReadOnlySpan<T> image, ReadOnlySpan<T> kernel, Span<T> sums)
        where T : struct, INumber<T>
    {
        for (int p = 0; p < sums.Length; p++)
        {
            T sum = sums[p];
            for (int i = taps.Starts[p]; i < taps.Starts[p + 1]; i++)
                sum += image[taps.Image[i]] * kernel[taps.Kernel[i]];
            sums[p] = sum;
        }
    }

    /// <summary>Adds a bias for every map.</summary>
    private static void AddBias(OperatorCall call, double[] values, int[] shape, int index)
    {
        if (call.Optional(index) is null)
            return;
        double[] bias = call.Doubles(index);
        call.Require(bias.Length == shape[1], $"a bias of {bias.Length} numbers does not fit {shape[1]} maps");
        int plane = Sizes.Count(shape.AsSpan(2));
        for (int i = 0; plane > 0 && i < values.Length; i++)
            values[i] += bias[i / plane % bias.Length];
    }

    private static (int Samples, int Channels, int Groups) Check(OperatorCall call, OnnxTensor x, OnnxTensor w)
    {
        call.Require(x.Rank >= 3 && w.Rank == x.Rank, $"it takes (N, C, …) and weights of as many dimensions, not {Sizes.Text(x.Dimensions)} and {Sizes.Text(w.Dimensions)}");
        call.Require(Sizes.Count(w.Dimensions) > 0, "its weights are empty");
        long groups = call.Int("group", 1);
        call.Require(groups >= 1 && groups <= x.Dimensions[1], $"attribute group is {groups}");
        return (x.Dimensions[0], x.Dimensions[1], (int)groups);
    }

    /// <summary>Weights are (C, M / group, …). Every element of x puts a kernel into the result.</summary>
    private static OnnxTensor ConvTranspose(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0), w = call.FloatInput(1);
        call.SameType(x, w);
        (int n, int channels, int groups) = Check(call, x, w);
        int mapsPerGroup = w.Dimensions[1], maps = mapsPerGroup * groups;
        call.Require(channels == w.Dimensions[0] && channels % groups == 0, $"{channels} channels do not fit weights {Sizes.Text(w.Dimensions)} in {groups} groups");
        Window window = TransposedWindow(call, x.Dimensions[2..], w.Dimensions[2..].ToArray());
        int[] shape = [n, maps, .. window.Image];
        call.CheckSizes([.. shape.Select(size => (long)size)], sizeof(double));
        call.CheckWork((double)x.Count * mapsPerGroup * Sizes.Count(window.Kernel));
        WindowTaps taps = window.Taps(call);
        double[] inputs = Elements.ToDoubles(x), weights = Elements.ToDoubles(w), values = new double[Sizes.Count(shape)];
        int image = Sizes.Count(window.Image), kernel = Sizes.Count(window.Kernel), perGroup = channels / groups;
        for (int sample = 0; sample < n; sample++)
            for (int c = 0; c < channels; c++)
                for (int map = 0; map < mapsPerGroup; map++)
                    Scatter(taps, inputs.AsSpan(((sample * channels) + c) * taps.Positions, taps.Positions), weights.AsSpan(((c * mapsPerGroup) + map) * kernel, kernel), values.AsSpan(((sample * maps) + (c / perGroup * mapsPerGroup) + map) * image, image));
        AddBias(call, values, shape, 2);
        return Elements.FromDoubles(x.ElementType, shape, values);
    }

    private static void Scatter(WindowTaps taps, ReadOnlySpan<double> positions, ReadOnlySpan<double> kernel, Span<double> image)
    {
        for (int p = 0; p < positions.Length; p++)
            for (int i = taps.Starts[p]; i < taps.Starts[p + 1]; i++)
                image[taps.Image[i]] += positions[p] * kernel[taps.Kernel[i]];
    }

    private static Window TransposedWindow(OperatorCall call, ReadOnlySpan<int> input, int[] kernel)
    {
        int rank = input.Length;
        kernel = Window.KernelShape(call, rank, kernel);
        long[] strides = Window.Steps(call, "strides", rank), dilations = Window.Steps(call, "dilations", rank);
        long[] extra = call.Ints("output_padding") ?? new long[rank];
        long[]? stated = call.Ints("output_shape");
        call.Require(extra.Length == rank && extra.All(size => size >= 0), "attribute output_padding does not fit");
        // Some exporters write the batch and the channels as well.
        if (stated is not null && stated.Length == rank + 2)
            stated = stated[2..];
        call.Require(stated is null || stated.Length == rank, $"attribute output_shape has {stated?.Length} numbers for {rank} dimensions");
        string auto = Window.AutoPad(call);
        (long[] begin, long[] end) = Window.Pads(call, rank);
        var sizes = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            long whole = (strides[i] * (input[i] - 1)) + extra[i] + Window.Span(kernel[i], dilations[i]);
            bool same = auto.StartsWith("SAME", StringComparison.Ordinal);
            if (stated is null && !same)
            {
                sizes[i] = whole - begin[i] - end[i];
                continue;
            }
            sizes[i] = stated?[i] ?? input[i] * strides[i];
            long total = Math.Max(0, whole - sizes[i]);
            begin[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
            end[i] = total - begin[i];
        }
        foreach (long size in sizes)
            call.Require(size > 0, $"its result would be {Sizes.Text(sizes)}");
        return new Window(call.CheckSizes(sizes, sizeof(float)), kernel, strides, dilations, begin, end, input.ToArray());
    }

    /// <summary>Columns of blocks, (N, C · block, positions), added up to the image they were taken from.</summary>
    private static OnnxTensor Col2Im(OperatorCall call)
    {
        OnnxTensor x = call.FloatInput(0);
        long[] imageShape = call.RequiredIntegers(1), blockShape = call.RequiredIntegers(2);
        int rank = imageShape.Length;
        call.Require(x.Rank == 3 && blockShape.Length == rank && rank > 0, "it takes (N, C · block, positions), and as many image sizes as block sizes");
        int[] image = call.CheckSizes(imageShape, sizeof(float)), block = call.CheckSizes(blockShape, sizeof(float));
        long[] strides = Window.Steps(call, "strides", rank), dilations = Window.Steps(call, "dilations", rank);
        (long[] begin, long[] end) = Window.Pads(call, rank);
        var positions = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            long free = image[i] + begin[i] + end[i] - Window.Span(block[i], dilations[i]);
            call.Require(free >= 0 && block[i] > 0, $"blocks {Sizes.Text(block)} do not fit the image {Sizes.Text(image)}");
            positions[i] = checked((int)((free / strides[i]) + 1));
        }
        WindowTaps taps = new Window(image, block, strides, dilations, begin, end, positions).Taps(call);
        int kernel = Sizes.Count(block), pixels = Sizes.Count(image);
        call.Require(x.Dimensions[1] % kernel == 0 && x.Dimensions[2] == taps.Positions, $"{Sizes.Text(x.Dimensions)} does not hold blocks {Sizes.Text(block)} at {taps.Positions} positions");
        int[] shape = [x.Dimensions[0], x.Dimensions[1] / kernel, .. image];
        double[] columns = Elements.ToDoubles(x), values = call.NewDoubles(shape);
        for (int plane = 0; plane < shape[0] * shape[1]; plane++)
            for (int p = 0; p < taps.Positions; p++)
                for (int i = taps.Starts[p]; i < taps.Starts[p + 1]; i++)
                    values[(plane * pixels) + taps.Image[i]] += columns[(((plane * kernel) + taps.Kernel[i]) * taps.Positions) + p];
        return Elements.FromDoubles(x.ElementType, shape, values);
    }
}
