namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Two rows of macroblocks of one component: that before, of which the last lines may still change, and the latest.</summary>
/// <param name="size">The side of a macroblock: 16 or 8.</param>
/// <param name="across">Macroblocks of a row.</param>
internal sealed class Plane(int size, int across)
{
    private readonly byte[] _samples = new byte[2 * size * size * across];

    public int Stride { get; } = size * across;

    /// <summary>Both rows of macroblocks.</summary>
    public Span<byte> Samples => _samples;

    /// <summary>Where the latest row of macroblocks begins.</summary>
    public int Latest => size * Stride;

    /// <summary>A line, counted from the first of the row of macroblocks before.</summary>
    public ReadOnlySpan<byte> Line(int y) => _samples.AsSpan(y * Stride, Stride);

    /// <summary>Takes over a macroblock of the latest row.</summary>
    public void Set(int column, ReadOnlySpan<byte> pixels, int at)
    {
        Span<byte> target = _samples.AsSpan(Latest + (column * size));
        for (int y = 0; y < size; y++)
            Lines.Copy(pixels[(at + (y * MacroblockPixels.Stride))..], target[(y * Stride)..], size);
    }

    /// <summary>Makes room for the next row of macroblocks.</summary>
    public void Advance() => _samples.AsSpan(Latest).CopyTo(_samples);
}
