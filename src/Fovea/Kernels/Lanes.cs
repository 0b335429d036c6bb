namespace Fovea.Kernels;

/// <summary>Between rows of samples, (samples, length), and samples side by side, (length, lanes).</summary>
internal static unsafe class Lanes
{
    /// <summary>Lays samples side by side; lanes without a sample become zero.</summary>
    /// <param name="rows">(samples, length), at most <paramref name="lanes"/> samples.</param>
    /// <param name="sideBySide">(length, lanes).</param>
    /// <param name="lanes">How many samples fit side by side.</param>
    public static void Interleave(ReadOnlySpan<float> rows, Span<float> sideBySide, int lanes)
    {
        if (lanes == 1)
        {
            rows.CopyTo(sideBySide);
            return;
        }
        int length = sideBySide.Length / lanes, samples = rows.Length / length;
        if (samples < lanes)
            sideBySide.Clear();
        fixed (float* source = rows, destination = sideBySide)
            Transposition.Run(source, length, samples, length, destination, lanes);
    }

    /// <summary>Takes samples apart that lie side by side.</summary>
    /// <param name="sideBySide">(length, lanes).</param>
    /// <param name="rows">(samples, length), at most <paramref name="lanes"/> samples.</param>
    /// <param name="lanes">How many samples lie side by side.</param>
    public static void Deinterleave(ReadOnlySpan<float> sideBySide, Span<float> rows, int lanes)
    {
        if (lanes == 1)
        {
            sideBySide.CopyTo(rows);
            return;
        }
        int length = sideBySide.Length / lanes, samples = rows.Length / length;
        fixed (float* source = sideBySide, destination = rows)
            Transposition.Run(source, lanes, length, samples, destination, length);
    }

    /// <summary>Makes the lanes without a sample zero.</summary>
    /// <param name="sideBySide">(length, lanes).</param>
    /// <param name="lanes">How many samples fit side by side.</param>
    /// <param name="samples">How many there are.</param>
    public static void ClearPadding(Span<float> sideBySide, int lanes, int samples)
    {
        if (samples < lanes)
            for (int i = samples; i < sideBySide.Length; i += lanes)
                sideBySide.Slice(i, lanes - samples).Clear();
    }
}
