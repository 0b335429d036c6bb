namespace Fovea.Kernels;

/// <summary>
/// Everything about a convolution that does not change while it runs: the window, which map feeds which, and the tables
/// that forward and both gradients read. <c>lanes</c> is how many samples lie side by side at every pixel (1 or 16).
/// <para>
/// Forward reads a padded copy of the input. With strides the copy is cut into phases, pixels whose row and column leave
/// the same remainders, so that neighbours in the output always are neighbours in the copy. Output pixel (oh, ow) of tap
/// (ic, kh, kw) is at <c>InputTaps[k] + (oh · Pitch + ow) · lanes</c>.
/// </para>
/// <para>
/// The input's gradient is a correlation of the output's gradient, spread out by the stride and padded, with the
/// kernels turned by 180° and transposed: the same tables, made for the transposed sizes. Their taps are sorted by the
/// kernel's rows, so that those which meet nothing but padding can be left out.
/// </para>
/// </summary>
internal sealed class ConvolutionGeometry
{
    /// <exception cref="OverflowException">The padded copies would take more floats than an array can hold.</exception>
    public ConvolutionGeometry(Window window, int inChannels, int outChannels, int groups, int[][]? connections, int lanes)
    {
        Window = window;
        InChannels = inChannels;
        OutChannels = outChannels;
        Lanes = lanes;

        ReadsInput = lanes > 1 && (window.StrideHeight, window.StrideWidth) == (1, 1)
            && (window.PadTop, window.PadLeft, window.PadBottom, window.PadRight) == (0, 0, 0, 0);

        int neededHeight = (window.OutputHeight - 1) * window.StrideHeight + window.SpanHeight;
        int neededWidth = (window.OutputWidth - 1) * window.StrideWidth + window.SpanWidth;
        PhaseHeight = Divide(neededHeight, window.StrideHeight);
        Pitch = Divide(neededWidth, window.StrideWidth);
        PlaneLength = checked(window.StrideHeight * window.StrideWidth * PhaseHeight * Pitch * lanes);
        TransposedHeight = window.InputHeight + window.SpanHeight - 1;
        TransposedPitch = window.InputWidth + window.SpanWidth - 1;
        TransposedPlaneLength = checked(TransposedHeight * TransposedPitch * lanes);

        int links = connections?.Sum(inputs => inputs.Length) ?? outChannels * (inChannels / groups);
        WeightLength = links * window.KernelArea;
        // The tables below hold offsets up to these lengths, so from here on no offset can overflow.
        _ = checked(inChannels * PlaneLength + outChannels * TransposedPlaneLength);
        (Forward, Backward) = connections is null ? Regular(groups) : Irregular(connections);
    }

    public Window Window { get; }
    public int InChannels { get; }
    public int OutChannels { get; }
    public int Lanes { get; }

    /// <summary>Rows of one phase of the padded copy.</summary>
    public int PhaseHeight { get; }

    /// <summary>Pixels in a row of one phase of the padded copy.</summary>
    public int Pitch { get; }

    /// <summary>Floats of one padded input map, all phases.</summary>
    public int PlaneLength { get; }

    /// <summary>Rows of the padded output gradient.</summary>
    public int TransposedHeight { get; }

    /// <summary>Pixels in a row of the padded output gradient.</summary>
    public int TransposedPitch { get; }

    /// <summary>Floats of one padded output gradient map.</summary>
    public int TransposedPlaneLength { get; }

    /// <summary>Floats of all weights.</summary>
    public int WeightLength { get; }

    /// <summary>
    /// Whether the input serves as its own padded copy: nothing to pad, nothing to cut, and rows that end on a vector.
    /// </summary>
    public bool ReadsInput { get; }

    /// <summary>Where the output's first row and column lie in the padded output gradient; negative if beyond its edge.</summary>
    public (int Top, int Left) SpreadOrigin => (Window.SpanHeight - 1 - Window.PadTop, Window.SpanWidth - 1 - Window.PadLeft);

    /// <summary>The rows of the padded output gradient from the first to the last that hold something.</summary>
    public (int First, int End) SpreadRows
    {
        get
        {
            int first = Math.Max(0, SpreadOrigin.Top);
            return (first, Math.Clamp((Window.OutputHeight - 1) * Window.StrideHeight + SpreadOrigin.Top + 1, first, TransposedHeight));
        }
    }

    /// <summary>The rows of the kernel through which a row of the input's gradient sees something.</summary>
    public (int First, int End) SpreadKernelRows(int inputRow)
    {
        (int first, int end) = SpreadRows;
        int start = Math.Clamp(Divide(Math.Max(0, first - inputRow), Window.DilationHeight), 0, Window.KernelHeight);
        return (start, Math.Clamp(Divide(Math.Max(0, end - inputRow), Window.DilationHeight), start, Window.KernelHeight));
    }

    /// <summary>What feeds the output maps, forward.</summary>
    public ConvolutionGroup[] Forward { get; }

    /// <summary>What feeds the input maps' gradients, backward.</summary>
    public ConvolutionGroup[] Backward { get; }

    /// <summary>Where a row and column of the padded input lie in its copy.</summary>
    public int Position(int row, int column) =>
        (((row % Window.StrideHeight * Window.StrideWidth + column % Window.StrideWidth) * PhaseHeight
            + row / Window.StrideHeight) * Pitch + column / Window.StrideWidth) * Lanes;

    private (ConvolutionGroup[] Forward, ConvolutionGroup[] Backward) Regular(int groups)
    {
        int ins = InChannels / groups, outs = OutChannels / groups;
        var forward = new ConvolutionGroup[groups];
        var backward = new ConvolutionGroup[groups];
        for (int g = 0; g < groups; g++)
        {
            int weights = g * outs * ins * Window.KernelArea;
            int[] inputs = [.. Enumerable.Range(g * ins, ins)], outputs = [.. Enumerable.Range(g * outs, outs)];
            int[] outputWeights = [.. Enumerable.Range(0, outs).Select(o => weights + o * ins * Window.KernelArea)];
            int[] inputWeights = [.. Enumerable.Range(0, ins).Select(i => i * Window.KernelArea)];
            forward[g] = ForwardGroup(outputs, outputWeights, inputs, inputWeights);
            backward[g] = BackwardGroup(inputs, inputWeights, outputs, outputWeights);
        }
        return (forward, backward);
    }

    /// <summary>A connection table: every map has sources of its own, so every map is a group of its own.</summary>
    private (ConvolutionGroup[] Forward, ConvolutionGroup[] Backward) Irregular(int[][] connections)
    {
        var forward = new ConvolutionGroup[OutChannels];
        var fedBy = new List<(int Output, int Weight)>[InChannels];
        for (int i = 0; i < InChannels; i++)
            fedBy[i] = [];
        int link = 0;
        for (int o = 0; o < OutChannels; o++)
        {
            int[] weights = [.. Enumerable.Range(link, connections[o].Length).Select(l => l * Window.KernelArea)];
            for (int i = 0; i < weights.Length; i++)
                fedBy[connections[o][i]].Add((o, weights[i]));
            forward[o] = ForwardGroup([o], [0], connections[o], weights);
            link += weights.Length;
        }
        ConvolutionGroup[] backward = [.. Enumerable.Range(0, InChannels).Select(i =>
            BackwardGroup([i], [0], [.. fedBy[i].Select(link => link.Output)], [.. fedBy[i].Select(link => link.Weight)]))];
        return (forward, backward);
    }

    private ConvolutionGroup ForwardGroup(int[] outputs, int[] outputWeights, int[] inputs, int[] inputWeights)
    {
        int taps = inputs.Length * Window.KernelArea;
        int[] weightTaps = new int[taps], inputTaps = new int[taps];
        int k = 0;
        for (int i = 0; i < inputs.Length; i++)
            for (int kh = 0; kh < Window.KernelHeight; kh++)
                for (int kw = 0; kw < Window.KernelWidth; kw++, k++)
                {
                    weightTaps[k] = inputWeights[i] + kh * Window.KernelWidth + kw;
                    inputTaps[k] = inputs[i] * PlaneLength + Position(kh * Window.DilationHeight, kw * Window.DilationWidth);
                }
        return new ConvolutionGroup(outputs, outputWeights, weightTaps, inputTaps);
    }

    private ConvolutionGroup BackwardGroup(int[] inputs, int[] inputWeights, int[] outputs, int[] outputWeights)
    {
        int taps = outputs.Length * Window.KernelArea;
        int[] weightTaps = new int[taps], inputTaps = new int[taps];
        int k = 0;
        for (int kh = 0; kh < Window.KernelHeight; kh++)
            for (int o = 0; o < outputs.Length; o++)
                for (int kw = 0; kw < Window.KernelWidth; kw++, k++)
                {
                    weightTaps[k] = outputWeights[o] + Window.KernelArea - 1 - (kh * Window.KernelWidth + kw);
                    inputTaps[k] = outputs[o] * TransposedPlaneLength
                        + (kh * Window.DilationHeight * TransposedPitch + kw * Window.DilationWidth) * Lanes;
                }
        return new ConvolutionGroup(inputs, inputWeights, weightTaps, inputTaps);
    }

    private static int Divide(int dividend, int divisor) => (dividend + divisor - 1) / divisor;
}

/// <summary>Maps that are fed by the same maps through the same taps; see <see cref="Correlation"/> for the tables.</summary>
/// <param name="Maps">The maps that are computed, consecutive numbers.</param>
/// <param name="WeightRows">Where the weights of each begin.</param>
/// <param name="WeightTaps">Where the weight of each tap lies from there.</param>
/// <param name="InputTaps">Where the pixels of each tap lie in the padded copy.</param>
internal sealed record ConvolutionGroup(int[] Maps, int[] WeightRows, int[] WeightTaps, int[] InputTaps);
