using System.Numerics.Tensors;

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
        if (!g.ReadsInput)
            Pad(g, input, scratch);
        int outputPlane = g.Window.OutputArea * g.Lanes;
        fixed (float* w = weights, b = bias, x = input, copy = scratch, y = output)
            foreach (ConvolutionGroup group in g.Forward)
                Correlate(g, group, w, b == null ? null : b + group.Maps[0], g.ReadsInput ? x : copy, y, copy + PaddedLength(g),
                    g.Pitch, g.Window.OutputHeight, g.Window.OutputWidth, outputPlane, ForwardRun(g), backward: false);
    }

    /// <summary>inputGradient = outputGradient ∗ᵀ weights.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="outputGradient">(outChannels, H', W', lanes).</param>
    /// <param name="weights">(outChannels, inChannels / groups, kernelHeight, kernelWidth).</param>
    /// <param name="inputGradient">(inChannels, H, W, lanes), overwritten.</param>
    /// <param name="scratch">At least <see cref="InputGradientScratch"/> floats.</param>
    /// <param name="bias">(inChannels), or empty: for a transposed convolution, which this is forward.</param>
    public static void InputGradient(
        ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient,
        Span<float> scratch, ReadOnlySpan<float> bias = default)
    {
        CheckLengths(g, inputGradient, outputGradient, weights, scratch.Length, InputGradientScratch(g));
        if (!bias.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, g.InChannels);
        Spread(g, outputGradient, scratch);
        fixed (float* w = weights, spread = scratch, dx = inputGradient, b = bias)
            InputGradientOfSpread(g, spread, w, dx, spread + TransposedLength(g), b);
    }

    /// <summary>The same from the output's gradient as <see cref="Spread"/> leaves it.</summary>
    public static void InputGradientOfSpread(ConvolutionGeometry g, float* spread, float* weights, float* inputGradient, float* runs, float* bias = null)
    {
        foreach (ConvolutionGroup group in g.Backward)
            Correlate(g, group, weights, bias == null ? null : bias + group.Maps[0], spread, inputGradient, runs,
                g.TransposedPitch, g.Window.InputHeight, g.Window.InputWidth, g.Window.InputArea * g.Lanes, BackwardRun(g), backward: true);
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
        if (!g.ReadsInput)
            Pad(g, input, scratch);
        int run = ForwardRun(g), row = g.Window.OutputWidth * g.Lanes;
        bool flat = g.Lanes == 1;
        if (flat)
            SpreadRows(g, outputGradient, scratch[PaddedLength(g)..], run);
        fixed (float* x = input, copy = scratch, dy = outputGradient, dw = weightGradient)
        {
            float* padded = g.ReadsInput ? x : copy;
            if (flat)
                WeightGradientOfRows(g, padded, new GradientRows(copy + PaddedLength(g), run, run, 1, run), dw, null, GradientPart.Everything);
            else
                WeightGradientOfRows(g, padded, new GradientRows(dy, row * g.Window.OutputHeight, row, g.Window.OutputHeight, row), dw, null, GradientPart.Everything);
        }
    }

    /// <summary>biasGradient += Σ outputGradient.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="outputGradient">(outChannels, H', W', lanes).</param>
    /// <param name="biasGradient">(outChannels), added to.</param>
    public static void BiasGradient(ConvolutionGeometry g, ReadOnlySpan<float> outputGradient, Span<float> biasGradient) =>
        BiasGradient(g.Window.OutputHeight, g.Window.OutputWidth, g.Lanes, outputGradient, biasGradient);

    /// <summary>biasGradient += Σ outputGradient, for maps of any size.</summary>
    public static void BiasGradient(int height, int width, int lanes, ReadOnlySpan<float> outputGradient, Span<float> biasGradient)
    {
        int row = width * lanes, plane = row * height;
        Span<float> sums = stackalloc float[LaneSums.Lanes];
        fixed (float* dy = outputGradient, s = sums)
            for (int oc = 0; oc < biasGradient.Length; oc++)
            {
                sums.Clear();
                if (lanes == 1)
                    sums[0] = TensorPrimitives.Sum(outputGradient.Slice(oc * plane, plane));
                else
                    LaneSums.Add(dy + oc * plane, row, height, row, s);
                biasGradient[oc] += TensorPrimitives.Sum(sums);
            }
    }

    /// <summary>Rows of the output's gradient: floats from a map to the next and from a row to the next, how many rows of how many floats.</summary>
    public readonly struct GradientRows(float* first, int plane, int pitch, int count, int length)
    {
        public float* First { get; } = first;
        public int Plane { get; } = plane;
        public int Pitch { get; } = pitch;
        public int Count { get; } = count;
        public int Length { get; } = length;
    }

    /// <summary>Floats for the lanes' sums of all weight gradients.</summary>
    public static int SumsLength(ConvolutionGeometry g) => CorrelationGradient.SumsLength(1, g.WeightLength);

    /// <summary>weightGradient += outputGradient ∗ input, or part of it, from the padded input's row that the first row of gradients starts at.</summary>
    public static void WeightGradientOfRows(
        ConvolutionGeometry g, float* padded, in GradientRows outputGradient, float* weightGradient, float* sums, GradientPart part)
    {
        int* rows = stackalloc int[MaxRows];
        foreach (ConvolutionGroup group in g.Forward)
            fixed (int* weightRows = group.WeightRows, weightTaps = group.WeightTaps, inputTaps = group.InputTaps)
                for (int first = 0; first < group.Maps.Length; first += MaxRows)
                {
                    int count = Math.Min(MaxRows, group.Maps.Length - first);
                    for (int r = 0; r < count; r++)
                        rows[r] = group.Maps[first + r] * outputGradient.Plane;
                    var operands = new CorrelationGradient.Operands
                    {
                        OutputGradient = outputGradient.First,
                        OutputRows = rows,
                        OutputPitch = outputGradient.Pitch,
                        Input = padded,
                        InputTaps = inputTaps,
                        InputPitch = g.Pitch * g.Lanes,
                        WeightGradient = weightGradient,
                        WeightRows = weightRows + first,
                        WeightTaps = weightTaps,
                        Rows = count,
                        Taps = group.WeightTaps.Length,
                        Runs = outputGradient.Count,
                        Run = outputGradient.Length,
                    };
                    CorrelationGradient.Run(operands, sums, part);
                    sums += CorrelationGradient.SumsLength(count, operands.Taps);
                }
    }

    private const int MaxRows = 48;

    /// <summary>
    /// One group's maps, height × width each, from a padded copy whose rows are <paramref name="pitch"/> pixels apart;
    /// backward leaves out the taps that see nothing but padding.
    /// </summary>
    private static void Correlate(
        ConvolutionGeometry g, ConvolutionGroup group, float* weights, float* bias, float* padded, float* output,
        float* runs, int pitch, int height, int width, int plane, int run, bool backward)
    {
        int* rows = stackalloc int[MaxRows];
        bool flat = g.Lanes == 1;
        int kernelRow = group.WeightTaps.Length / g.Window.KernelHeight;
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
                        if (backward)
                        {
                            (int start, int end) = g.SpreadKernelRows(y);
                            operands.WeightTaps = weightTaps + start * kernelRow;
                            operands.InputTaps = inputTaps + start * kernelRow;
                            operands.Taps = (end - start) * kernelRow;
                        }
                        Correlation.Run(operands);
                    }
                }
            }
    }

    private static void Pad(ConvolutionGeometry g, ReadOnlySpan<float> input, Span<float> padded)
    {
        padded[..PaddedLength(g)].Clear();
        CopyToPadded(g, input, padded);
    }

    /// <summary>Copies the input into its padded form, by phases, and leaves the padding alone; see <see cref="ConvolutionGeometry"/>.</summary>
    public static void CopyToPadded(ConvolutionGeometry g, ReadOnlySpan<float> input, Span<float> padded)
    {
        Window window = g.Window;
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
        int lanes = g.Lanes;
        (int top, int left) = g.SpreadOrigin;
        (int first, int end) = g.SpreadRows;
        if (lanes == 1)
            padded[..TransposedLength(g)].Clear();
        else
            for (int c = 0; c < g.OutChannels; c++)
                padded.Slice(c * g.TransposedPlaneLength + first * g.TransposedPitch * lanes, (end - first) * g.TransposedPitch * lanes).Clear();
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

    public static int PaddedLength(ConvolutionGeometry g) => RoundUp(checked(g.InChannels * g.PlaneLength + Slack));

    public static int TransposedLength(ConvolutionGeometry g) => RoundUp(checked(g.OutChannels * g.TransposedPlaneLength + Slack));

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
