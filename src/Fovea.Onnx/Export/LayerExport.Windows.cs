using Fovea.Kernels;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Onnx.Graphs;
using Fovea.Tensors;

namespace Fovea.Onnx.Export;

/// <summary>Convolutions and poolings. Paddings are written in numbers, which every version of every reader understands alike.</summary>
internal sealed partial class LayerExport
{
    private string Convolve(Node node, Conv2d conv, Value input)
    {
        Window window = conv.WindowFor(input.Shape);
        return graph.Add("Conv", conv.Connections is { } connections ? Operands(node, input, conv, connections) : Operands(node, input),
            Ints("kernel_shape", window.KernelHeight, window.KernelWidth),
            Ints("strides", window.StrideHeight, window.StrideWidth),
            Ints("pads", window.PadTop, window.PadLeft, window.PadBottom, window.PadRight),
            Ints("dilations", window.DilationHeight, window.DilationWidth),
            OnnxAttribute.Of("group", (long)conv.Groups));
    }

    private string Convolve(Node node, Conv1d conv, Value input)
    {
        Window window = ((Conv2d)conv.Lowered).WindowFor(input.Shape);
        return graph.Add("Conv", Operands(node, input),
            Ints("kernel_shape", window.KernelWidth),
            Ints("strides", window.StrideWidth),
            Ints("pads", window.PadLeft, window.PadRight),
            Ints("dilations", window.DilationWidth),
            OnnxAttribute.Of("group", (long)conv.Groups));
    }

    /// <summary>
    /// Padding of the output first takes back what the padding cuts off. What is left below the stride is the operator's own
    /// output_padding; more, which runtimes refuse, is rows and columns that hold nothing but the bias.
    /// </summary>
    private string Convolve(Node node, ConvTranspose2d conv, Value input)
    {
        (int bottom, int below) = Split(conv.Padding.Bottom, conv.OutputPadding.Height);
        (int right, int beside) = Split(conv.Padding.Right, conv.OutputPadding.Width);
        bool framed = below >= conv.Stride.Height || beside >= conv.Stride.Width;
        string value = graph.Add("ConvTranspose", framed ? [input.Name, graph.Parameter(node.Parameters[0])] : Operands(node, input),
            Ints("kernel_shape", conv.KernelSize.Height, conv.KernelSize.Width),
            Ints("strides", conv.Stride.Height, conv.Stride.Width),
            Ints("pads", conv.Padding.Top, conv.Padding.Left, bottom, right),
            Ints("output_padding", framed ? 0 : below, framed ? 0 : beside),
            Ints("dilations", conv.Dilation.Height, conv.Dilation.Width),
            OnnxAttribute.Of("group", (long)conv.Groups));
        if (!framed)
            return value;
        value = Frame(value, [0, 0, below, beside], 0);
        return conv.Bias ? graph.Add("Add", [value, graph.Parameter(node.Parameters[1], conv.OutChannels, 1, 1)]) : value;

        static (int Padding, int More) Split(int padding, int outputPadding) =>
            (Math.Max(0, padding - outputPadding), Math.Max(0, outputPadding - padding));
    }

    /// <summary>The input, the weight, and the bias if there is one.</summary>
    private string[] Operands(Node node, Value input) => [input.Name, .. ByteParameters(node) ?? [.. node.Parameters.Select(parameter => graph.Parameter(parameter))]];

    /// <summary>The kernels of a connection table lie among zeros for the pairs of maps that are not connected.</summary>
    private string[] Operands(Node node, Value input, Conv2d conv, int[][] connections)
    {
        ReadOnlySpan<float> kernels = node.Parameters[0].Value.Values;
        int cells = conv.KernelSize.Height * conv.KernelSize.Width, link = 0;
        var dense = new float[checked(conv.OutChannels * conv.InChannels * cells)];
        for (int o = 0; o < connections.Length; o++)
            foreach (int i in connections[o])
                kernels.Slice(link++ * cells, cells).CopyTo(dense.AsSpan((o * conv.InChannels + i) * cells));
        string weight = graph.Floats(node.Parameters[0].Name, dense, [conv.OutChannels, conv.InChannels, conv.KernelSize.Height, conv.KernelSize.Width], whole: true);
        return [input.Name, weight, .. node.Parameters.Skip(1).Select(parameter => graph.Parameter(parameter))];
    }

    private string Connect(Node node, Linear linear, Value input)
    {
        if (input.Shape.Rank == 1)
            return graph.Add("Gemm", Operands(node, input), OnnxAttribute.Of("transB", 1L));
        // The weight keeps its name and shape; whoever optimises turns it once.
        string product = graph.Add("MatMul", [input.Name, graph.Add("Transpose", [graph.Parameter(node.Parameters[0])], Ints("perm", 1, 0))]);
        return linear.Bias ? graph.Add("Add", [product, graph.Parameter(node.Parameters[1])]) : product;
    }

    private string MaxPool(MaxPool2d pool, Value input)
    {
        Window window = pool.WindowFor(input.Shape);
        (int bottom, int right) = Reach(window);
        long[] pads = [window.PadTop, window.PadLeft, bottom, right];
        string value = input.Name;
        // A frame as wide as the window, which only dilated windows reach, is none that operators take.
        if (Math.Max(window.PadTop, bottom) >= window.KernelHeight || Math.Max(window.PadLeft, right) >= window.KernelWidth)
        {
            value = Frame(value, pads, float.NegativeInfinity);
            pads = [0, 0, 0, 0];
        }
        return graph.Add("MaxPool", [value],
            Ints("kernel_shape", window.KernelHeight, window.KernelWidth),
            Ints("strides", window.StrideHeight, window.StrideWidth),
            Ints("pads", pads),
            Ints("dilations", window.DilationHeight, window.DilationWidth));
    }

    /// <summary>
    /// Where the last window overhangs the padded edge, its mean is of the cells that there are. Operators differ in that, so
    /// the padding that counts is put on first, and the overhang is padding that does not.
    /// </summary>
    private string AveragePool(WindowLayer pool, Value input, bool countPad)
    {
        Window window = pool.WindowFor(input.Shape);
        (int bottom, int right) = Reach(window);
        bool overhangs = bottom > window.PadBottom || right > window.PadRight;
        string value = input.Name;
        long[] pads = [window.PadTop, window.PadLeft, bottom, right];
        if (countPad && overhangs)
        {
            if (window.PadTop + window.PadLeft + window.PadBottom + window.PadRight > 0)
                value = Frame(value, [window.PadTop, window.PadLeft, window.PadBottom, window.PadRight], 0);
            pads = [0, 0, bottom - window.PadBottom, right - window.PadRight];
        }
        return AveragePool(value, window, pads, countPad && !overhangs);
    }

    private string AveragePool(string value, Window window, long[] pads, bool countPad) =>
        graph.Add("AveragePool", [value],
            Ints("kernel_shape", window.KernelHeight, window.KernelWidth),
            Ints("strides", window.StrideHeight, window.StrideWidth),
            Ints("pads", pads),
            OnnxAttribute.Of("count_include_pad", countPad ? 1L : 0L));

    /// <summary>The sum is the mean times the cells, counting zeros for those that there are not.</summary>
    private string SumPool(WindowLayer pool, Value input)
    {
        Window window = pool.WindowFor(input.Shape);
        (int bottom, int right) = Reach(window);
        string mean = AveragePool(input.Name, window, [window.PadTop, window.PadLeft, bottom, right], countPad: true);
        return graph.Add("Mul", [mean, graph.Number("cells", window.KernelArea)]);
    }

    private string Subsample(Node node, Subsample2d pool, Value input)
    {
        string scaled = graph.Add("Mul", [SumPool(pool, input), graph.Parameter(node.Parameters[0], pool.Channels, 1, 1)]);
        return graph.Add("Add", [scaled, graph.Parameter(node.Parameters[1], pool.Channels, 1, 1)]);
    }

    /// <summary>Windows that divide the map evenly slide; others are means by two matrices, one along each axis.</summary>
    private string AdaptivePool(AdaptiveAvgPool2d pool, Value input)
    {
        (int height, int width) = (pool.OutputSize.Height, pool.OutputSize.Width);
        if (input.Shape.Height % height == 0 && input.Shape.Width % width == 0)
        {
            long[] window = [input.Shape.Height / height, input.Shape.Width / width];
            return graph.Add("AveragePool", [input.Name], Ints("kernel_shape", window), Ints("strides", window));
        }
        string rows = graph.Floats("rows", Means(input.Shape.Height, height), [height, input.Shape.Height]);
        string columns = graph.Add("Transpose", [graph.Floats("columns", Means(input.Shape.Width, width), [width, input.Shape.Width])], Ints("perm", 1, 0));
        return graph.Add("MatMul", [graph.Add("MatMul", [rows, input.Name]), columns]);
    }

    private static float[] Means(int inputs, int outputs)
    {
        var matrix = new float[checked(outputs * inputs)];
        for (int o = 0; o < outputs; o++)
        {
            int first = (int)((long)o * inputs / outputs), end = (int)(((o + 1L) * inputs + outputs - 1) / outputs);
            matrix.AsSpan(o * inputs + first, end - first).Fill(1f / (end - first));
        }
        return matrix;
    }

    private string Enlarge(Upsample2d upsample, Value input)
    {
        string scales = graph.Floats("scales", [1, 1, upsample.Scale.Height, upsample.Scale.Width], [4]);
        return upsample.Mode == UpsampleMode.Nearest
            ? graph.Add("Resize", [input.Name, "", scales], OnnxAttribute.Of("mode", "nearest"), OnnxAttribute.Of("coordinate_transformation_mode", "asymmetric"), OnnxAttribute.Of("nearest_mode", "floor"))
            : graph.Add("Resize", [input.Name, "", scales], OnnxAttribute.Of("mode", "linear"), OnnxAttribute.Of("coordinate_transformation_mode", upsample.AlignCorners ? "align_corners" : "half_pixel"));
    }

    /// <summary>The padding below and to the right that lets every window end inside it.</summary>
    private static (int Bottom, int Right) Reach(Window window) => (
        Math.Max(window.PadBottom, (window.OutputHeight - 1) * window.StrideHeight + window.SpanHeight - window.InputHeight - window.PadTop),
        Math.Max(window.PadRight, (window.OutputWidth - 1) * window.StrideWidth + window.SpanWidth - window.InputWidth - window.PadLeft));

    private string Frame(string value, long[] pads, float filler) =>
        graph.Add("Pad", [value, graph.Longs("pads", 0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]), graph.Number("filler", filler)]);

    /// <summary>A sequence as a map of one row, and back.</summary>
    private string OverRow(Value input, Shape output, Func<Value, string> write)
    {
        var row = new Shape(input.Shape.Channels, 1, input.Shape.Width);
        return InShape(write(input with { Name = InShape(input.Name, row), Shape = row }), output);
    }
}
