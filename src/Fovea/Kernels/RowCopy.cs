namespace Fovea.Kernels;

/// <summary>Copies rows of one length between places where they lie at different distances.</summary>
internal static class RowCopy
{
    /// <summary>destination[r · destinationPitch + i] = source[r · sourcePitch + i] for i below length.</summary>
    /// <param name="source">The first row, and what lies behind it.</param>
    /// <param name="sourcePitch">Floats from a row of the source to the next.</param>
    /// <param name="destination">The first row, and what lies behind it.</param>
    /// <param name="destinationPitch">Floats from a row of the destination to the next.</param>
    /// <param name="length">Floats in a row.</param>
    /// <param name="rows">How many rows.</param>
    public static void Run(ReadOnlySpan<float> source, int sourcePitch, Span<float> destination, int destinationPitch, int length, int rows)
    {
        if (sourcePitch == length && destinationPitch == length)
            source[..(rows * length)].CopyTo(destination);
        else
            for (int r = 0; r < rows; r++)
                source.Slice(r * sourcePitch, length).CopyTo(destination[(r * destinationPitch)..]);
    }
}
