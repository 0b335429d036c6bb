namespace Fovea.Kernels;

/// <summary>
/// Convolution of one slice of samples, forward and both gradients, as correlations over padded copies.
/// Layout of every map: (H, W, lanes). Weights lie as PyTorch has them.
/// <para>
/// With 16 lanes a run of pixels is a row of the output: rows end on a whole vector. With one lane rows may be shorter
/// than a vector, so all rows are computed as one run over the copy's pitch, and the pixels between the rows' ends,
/// computed for nothing, are dropped when the result is copied out.
/// </para>
/// </summary>
internal static unsafe class Convolution
{
    /// <summary>A run may pass the end of a map by one vector; whatever it reads there is zero.</summary>
    private const int Slack = 16;

    /// <summary>Floats of scratch that <see cref="Forward"/> needs.</summary>
    public static int ForwardScratch(ConvolutionGeometry g) => checked(PaddedLength(g) + RunsLength(g, g.OutChannels, ForwardRun(g)));

    /// <summary>Floats of scratch that <see cref="InputGradient"/> needs.</summary>
    public static int InputGradientScratch(ConvolutionGeometry g) =>
        checked(TransposedLength(g) + RunsLength(g, g.InChannels, BackwardRun(g)));

    /// <summary>Floats of scratch that <see cref="WeightGradient"/> needs.</summary>
    public static int WeightGradientScratch(ConvolutionGeometry g) => ForwardScratch(g);

    /// <summary>output = input ∗ weights + bias.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="input">(inChannels, H, W, lanes).</param>
    /// <param name="weights">(outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
    /// <param name="bias">(outChannels), or empty.</param>
    /// <param name="output">(outChannels, H', W', lanes).</param>
    /// <param name="scratch">At least <see cref="ForwardScratch"/> floats.</param>
    public static void Forward(
        ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        Span<float> output, Span<float> scratch)
    {
        CheckLengths(g, input, output, weights, scratch.Length, ForwardScratch(g));
        if (!bias.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, g.OutChannels);
        Pad(g, input, scratch);
        int outputPlane = g.Window.OutputArea * g.Lanes;
        fixed (float* w = weights, b = bias, padded = scratch, y = output)
            foreach (ConvolutionGroup group in g.Forward)
                Correlate(g, group, w, b == null ? null : b + group.Maps[0], padded, y, padded + PaddedLength(g),
                    g.Pitch, g.Window.OutputHeight, g.Window.OutputWidth, outputPlane, ForwardRun(g));
    }

    /// <summary>inputGradient = outputGradient ∗ᵀ weights.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="outputGradient">(outChannels, H', W', lanes).</param>
    /// <param name="weights">(outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
    /// <param name="inputGradient">(inChannels, H, W, lanes), overwritten.</param>
    /// <param name="scratch">At least <see cref="InputGradientScratch"/> floats.</param>
    public static void InputGradient(
        ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient,
        Span<float> scratch)
    {
        CheckLengths(g, inputGradient, outputGradient, weights, scratch.Length, InputGradientScratch(g));
        Spread(g, outputGradient, scratch);
        int inputPlane = g.Window.InputArea * g.Lanes;
        fixed (float* w = weights, padded = scratch, dx = inputGradient)
            foreach (ConvolutionGroup group in g.Backward)
                Correlate(g, group, w, null, padded, dx, padded + TransposedLength(g),
                    g.TransposedPitch, g.Window.InputHeight, g.Window.InputWidth, inputPlane, BackwardRun(g));
    }

    /// <summary>weightGradient += outputGradient ∗ input.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="input">(inChannels, H, W, lanes).</param>
    /// <param name="outputGradient">(outChannels, H', W', lanes).</param>
    /// <param name="weightGradient">(outChannels, inChannels / groups, kernelHeight, kernelWidth), added to.</param>
    /// <param name="scratch">At least <see cref="WeightGradientScratch"/> floats.</param>
    public static void WeightGradient(
        ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> weightGradient,
        Span<float> scratch)
    {
        CheckLengths(g, input, outputGradient, weightGradient, scratch.Length, WeightGradientScratch(g));
        Pad(g, input, scratch);
        int run = ForwardRun(g);
        bool flat = g.Lanes == 1;
        if (flat)
            SpreadRows(g, outputGradient, scratch[PaddedLength(g)..], run);
        int* rows = stackalloc int[MaxRows];
        fixed (float* padded = scratch, dy = outputGradient, dw = weightGradient)
            foreach (ConvolutionGroup group in g.Forward)
                fixed (int* weightRows = group.WeightRows, weightTaps = group.WeightTaps, inputTaps = group.InputTaps)
                    for (int first = 0; first < group.Maps.Length; first += MaxRows)
                    {
                        int count = Math.Min(MaxRows, group.Maps.Length - first);
                        int plane = flat ? run : g.Window.OutputArea * g.Lanes;
                        for (int r = 0; r < count; r++)
                            rows[r] = group.Maps[first + r] * plane;
                        CorrelationGradient.Run(new CorrelationGradient.Operands
                        {
                            OutputGradient = flat ? padded + PaddedLength(g) : dy,
                            OutputRows = rows,
                            OutputPitch = g.Window.OutputWidth * g.Lanes,
                            Input = padded,
                            InputTaps = inputTaps,
                            InputPitch = g.Pitch * g.Lanes,
                            WeightGradient = dw,
                            WeightRows = weightRows + first,
                            WeightTaps = weightTaps,
                            Rows = count,
                            Taps = group.WeightTaps.Length,
                            Runs = flat ? 1 : g.Window.OutputHeight,
                            Run = flat ? run : g.Window.OutputWidth * g.Lanes,
                        });
                    }
    }

    private const int MaxRows = 48;

    /// <summary>One group's maps, height × width each, from a padded copy whose rows are <paramref name="pitch"/> pixels apart.</summary>
    private static void Correlate(
        ConvolutionGeometry g, ConvolutionGroup group, float* weights, float* bias, float* padded, float* output,
        float* runs, int pitch, int height, int width, int plane, int run)
    {
        int* rows = stackalloc int[MaxRows];
        bool flat = g.Lanes == 1;
        fixed (int* weightRows = group.WeightRows, weightTaps = group.WeightTaps, inputTaps = group.InputTaps)
            for (int first = 0; first < group.Maps.Length; first += MaxRows)
            {
                int count = Math.Min(MaxRows, group.Maps.Length - first);
                for (int r = 0; r < count; r++)
                    rows[r] = flat ? r * run : group.Maps[first + r] * plane;
                var operands = new Correlation.Operands
                {
                    Weights = weights,
                    WeightRows = weightRows + first,
                    WeightTaps = weightTaps,
                    InputTaps = inputTaps,
                    OutputRows = rows,
                    Bias = bias == null ? null : bias + first,
                    Rows = count,
                    Taps = group.WeightTaps.Length,
                    Run = flat ? run : width * g.Lanes,
                };
                if (flat)
                {
                    operands.Input = padded;
                    operands.Output = runs;
                    Correlation.Run(operands);
                    for (int r = 0; r < count; r++)
                        for (int y = 0; y < height; y++)
                            new ReadOnlySpan<float>(runs + rows[r] + y * pitch, width)
                                .CopyTo(new Span<float>(output + group.Maps[first + r] * plane + y * width, width));
                }
                else
                {
                    for (int y = 0; y < height; y++)
                    {
                        operands.Input = padded + y * pitch * g.Lanes;
                        operands.Output = output + y * width * g.Lanes;
                        Correlation.Run(operands);
                    }
                }
            }
    }

    /// <summary>Copies the input into its padded form, by phases; see <see cref="ConvolutionGeometry"/>.</summary>
    private static void Pad(ConvolutionGeometry g, ReadOnlySpan<float> input, Span<float> padded)
    {
        Window window = g.Window;
        padded[..PaddedLength(g)].Clear();
        int lanes = g.Lanes, row = window.InputWidth * lanes;
        int lastRow = (window.OutputHeight - 1) * window.StrideHeight + window.SpanHeight;
        int lastColumn = (window.OutputWidth - 1) * window.StrideWidth + window.SpanWidth;
        int rows = Math.Min(window.InputHeight, lastRow - window.PadTop);
        int columns = Math.Min(window.InputWidth, lastColumn - window.PadLeft);
        for (int c = 0; c < g.InChannels; c++)
            for (int ih = 0; ih < rows; ih++)
            {
                ReadOnlySpan<float> source = input.Slice((c * window.InputHeight + ih) * row, row);
                Span<float> plane = padded.Slice(c * g.PlaneLength, g.PlaneLength);
                if (window.StrideWidth == 1 && columns > 0)
                    source[..(columns * lanes)].CopyTo(plane[g.Position(ih + window.PadTop, window.PadLeft)..]);
                else
                    for (int iw = 0; iw < columns; iw++)
                        source.Slice(iw * lanes, lanes).CopyTo(plane[g.Position(ih + window.PadTop, iw + window.PadLeft)..]);
            }
    }

    /// <summary>Spreads the output's gradient by the stride, and pads it so that the turned kernels meet the right pixels.</summary>
    private static void Spread(ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, Span<float> padded)
    {
        Window window = g.Window;
        padded[..TransposedLength(g)].Clear();
        int lanes = g.Lanes, top = window.SpanHeight - 1 - window.PadTop, left = window.SpanWidth - 1 - window.PadLeft;
        for (int c = 0; c < g.OutChannels; c++)
            for (int oh = 0; oh < window.OutputHeight; oh++)
            {
                int t = oh * window.StrideHeight + top;
                if (t < 0 || t >= g.TransposedHeight)
                    continue;
                Span<float> row = padded.Slice(c * g.TransposedPlaneLength + t * g.TransposedPitch * lanes, g.TransposedPitch * lanes);
                ReadOnlySpan<float> source = outputGradient.Slice((c * window.OutputHeight + oh) * window.OutputWidth * lanes, window.OutputWidth * lanes);
                if (window.StrideWidth == 1 && left >= 0 && left + window.OutputWidth <= g.TransposedPitch)
                {
                    source.CopyTo(row[(left * lanes)..]);
                    continue;
                }
                for (int ow = 0; ow < window.OutputWidth; ow++)
                {
                    int u = ow * window.StrideWidth + left;
                    if (u >= 0 && u < g.TransposedPitch)
                        source.Slice(ow * lanes, lanes).CopyTo(row[(u * lanes)..]);
                }
            }
    }

    /// <summary>Lays the rows of the output's gradient at the padded copy's pitch, zeros between them.</summary>
    private static void SpreadRows(ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, Span<float> runs, int run)
    {
        Window window = g.Window;
        runs[..(g.OutChannels * run)].Clear();
        for (int c = 0; c < g.OutChannels; c++)
            for (int oh = 0; oh < window.OutputHeight; oh++)
                outputGradient.Slice((c * window.OutputHeight + oh) * window.OutputWidth, window.OutputWidth)
                    .CopyTo(runs[(c * run + oh * g.Pitch)..]);
    }

    private static int PaddedLength(ConvolutionGeometry g) => RoundUp(checked(g.InChannels * g.PlaneLength + Slack));

    private static int TransposedLength(ConvolutionGeometry g) => RoundUp(checked(g.OutChannels * g.TransposedPlaneLength + Slack));

    private static int RunsLength(ConvolutionGeometry g, int maps, int run) => g.Lanes == 1 ? checked(maps * run) : 0;

    private static int ForwardRun(ConvolutionGeometry g) =>
        RoundUp(checked((g.Window.OutputHeight - 1) * g.Pitch + g.Window.OutputWidth));

    private static int BackwardRun(ConvolutionGeometry g) =>
        RoundUp(checked((g.Window.InputHeight - 1) * g.TransposedPitch + g.Window.InputWidth));

    private static int RoundUp(int length) => checked(length + 15) & ~15;

    private static void CheckLengths(
        ConvolutionGeometry g, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> weights, int scratch, int neededScratch)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, g.InChannels * g.Window.InputArea * g.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, g.OutChannels * g.Window.OutputArea * g.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, g.WeightLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch, neededScratch);
    }
}
