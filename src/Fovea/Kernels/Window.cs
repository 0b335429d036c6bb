namespace Fovea.Kernels;

/// <summary>
/// How a window slides over a plane: the one geometry object that convolution and pooling hand to forward and to both
/// gradients, so that they cannot disagree. Output pixel (oh, ow) and window cell (kh, kw) meet input pixel
/// (oh · StrideHeight + kh · DilationHeight − PadTop, ow · StrideWidth + kw · DilationWidth − PadLeft).
/// </summary>
internal readonly record struct Window
{
    public required int InputHeight { get; init; }
    public required int InputWidth { get; init; }
    public required int KernelHeight { get; init; }
    public required int KernelWidth { get; init; }
    public required int StrideHeight { get; init; }
    public required int StrideWidth { get; init; }
    public required int DilationHeight { get; init; }
    public required int DilationWidth { get; init; }
    public required int PadTop { get; init; }
    public required int PadLeft { get; init; }
    public required int PadBottom { get; init; }
    public required int PadRight { get; init; }

    /// <summary>Whether a last window that overhangs the padded edge counts.</summary>
    public bool Ceil { get; init; }

    /// <summary>The rows that a window spans, dilation included.</summary>
    public int SpanHeight => DilationHeight * (KernelHeight - 1) + 1;

    /// <summary>The columns that a window spans, dilation included.</summary>
    public int SpanWidth => DilationWidth * (KernelWidth - 1) + 1;

    /// <summary>Rows of output; not positive if no window fits.</summary>
    public int OutputHeight => Positions(InputHeight, PadTop, PadBottom, SpanHeight, StrideHeight, Ceil);

    /// <summary>Columns of output; not positive if no window fits.</summary>
    public int OutputWidth => Positions(InputWidth, PadLeft, PadRight, SpanWidth, StrideWidth, Ceil);

    public int OutputArea => OutputHeight * OutputWidth;

    public int InputArea => InputHeight * InputWidth;

    public int KernelArea => KernelHeight * KernelWidth;

    /// <summary>The input rows that a row of output sees, padding left out.</summary>
    public WindowRange Rows(int outputRow) =>
        WindowRange.Clip(outputRow * StrideHeight - PadTop, KernelHeight, DilationHeight, InputHeight);

    /// <summary>The input columns that a column of output sees, padding left out.</summary>
    public WindowRange Columns(int outputColumn) =>
        WindowRange.Clip(outputColumn * StrideWidth - PadLeft, KernelWidth, DilationWidth, InputWidth);

    /// <summary>
    /// How many places a span has along one axis. In ceil mode an overhanging place counts only if it starts inside
    /// the input or the leading padding, as in PyTorch: otherwise it would see nothing.
    /// </summary>
    private static int Positions(int input, int before, int after, int span, int stride, bool ceil)
    {
        int room = input + before + after - span;
        int positions = (ceil ? FloorDivide(room + stride - 1, stride) : FloorDivide(room, stride)) + 1;
        return ceil && (positions - 1) * stride >= input + before ? positions - 1 : positions;
    }

    private static int FloorDivide(int dividend, int divisor) => (int)Math.Floor((double)dividend / divisor);
}

/// <summary>Input rows (or columns) First, First + Step, … before End.</summary>
internal readonly record struct WindowRange(int First, int End, int Step)
{
    /// <summary>The cells of a window that starts at <paramref name="start"/> which lie inside the input.</summary>
    public static WindowRange Clip(int start, int cells, int step, int input)
    {
        int skipped = start < 0 ? (step - 1 - start) / step : 0;
        return new WindowRange(start + skipped * step, Math.Min(start + cells * step, input), step);
    }
}
