namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// A macroblock while it is made, with the pixels around it from which it is predicted: brightness, and below it both
/// colours side by side. What lies above and to the left comes before any smoothing.
/// </summary>
internal sealed class MacroblockPixels(int across, int down)
{
    /// <summary>From one row to the next.</summary>
    public const int Stride = 32;

    /// <summary>The first pixels of brightness and of both colours.</summary>
    public const int Luma = Stride + 8, Blue = Luma + (17 * Stride), Red = Blue + 16;

    // What stands for pixels outside of the image.
    private const byte Above = 127, Left = 129;

    // The lowest row of the macroblocks above: brightness, blue, red.
    private readonly byte[] _luma = Filled(16 * across), _blue = Filled(8 * across), _red = Filled(8 * across);

    /// <summary>The pixels.</summary>
    public byte[] Pixels { get; } = new byte[Blue + (9 * Stride)];

    /// <summary>Makes the next macroblock of a row.</summary>
    /// <param name="column">Its place in the row.</param>
    /// <param name="row">The row.</param>
    /// <param name="modes">How it is predicted.</param>
    /// <param name="coefficients">What is added, or null for nothing.</param>
    public void Make(int column, int row, MacroblockModes modes, Coefficients? coefficients)
    {
        Span<byte> pixels = Pixels;
        SetLeft(pixels, Luma, 16, column, row);
        SetLeft(pixels, Blue, 8, column, row);
        SetLeft(pixels, Red, 8, column, row);
        Lines.Copy(_luma.AsSpan(16 * column), pixels[(Luma - Stride)..], 16);
        Lines.Copy(_blue.AsSpan(8 * column), pixels[(Blue - Stride)..], 8);
        Lines.Copy(_red.AsSpan(8 * column), pixels[(Red - Stride)..], 8);

        bool hasAbove = row > 0, hasLeft = column > 0;
        if (modes.IsInParts)
        {
            MakeParts(pixels, column, modes, coefficients);
        }
        else
        {
            IntraPrediction.PredictSquare(modes.Luma[0], pixels, Luma, 16, hasAbove, hasLeft);
            if (coefficients is not null)
                for (int block = 0; block < 16; block++)
                    Add(coefficients, block, pixels, Luma + (block / 4 * 4 * Stride) + (block % 4 * 4));
        }
        IntraPrediction.PredictSquare(modes.Chroma, pixels, Blue, 8, hasAbove, hasLeft);
        IntraPrediction.PredictSquare(modes.Chroma, pixels, Red, 8, hasAbove, hasLeft);
        if (coefficients is not null)
            for (int block = 0; block < 8; block++)
                Add(coefficients, 16 + block, pixels, (block < 4 ? Blue : Red) + (block % 4 / 2 * 4 * Stride) + (block % 2 * 4));

        if (row < down - 1)
        {
            Lines.Copy(pixels[(Luma + (15 * Stride))..], _luma.AsSpan(16 * column), 16);
            Lines.Copy(pixels[(Blue + (7 * Stride))..], _blue.AsSpan(8 * column), 8);
            Lines.Copy(pixels[(Red + (7 * Stride))..], _red.AsSpan(8 * column), 8);
        }
    }

    private void MakeParts(Span<byte> pixels, int column, MacroblockModes modes, Coefficients? coefficients)
    {
        // Above and to the right of a macroblock there are 4 pixels more, which its lower blocks use as well. They are
        // of the row above; at its end, its last pixel stands for them.
        Span<byte> right = pixels.Slice(Luma - Stride + 16, 4);
        if (column < across - 1)
            _luma.AsSpan(16 * (column + 1), 4).CopyTo(right);
        else
            right.Fill(_luma[(16 * column) + 15]);
        for (int y = 3; y < 15; y += 4)
            right.CopyTo(pixels[(Luma + (y * Stride) + 16)..]);
        for (int block = 0; block < 16; block++)
        {
            int at = Luma + (block / 4 * 4 * Stride) + (block % 4 * 4);
            IntraPrediction.PredictBlock(modes.Luma[block], pixels, at);
            if (coefficients is not null)
                Add(coefficients, block, pixels, at);
        }
    }

    /// <summary>The last column of the macroblock before, and its corner.</summary>
    private static void SetLeft(Span<byte> pixels, int at, int size, int column, int row)
    {
        int left = at - 1 - Stride;
        if (column > 0)
        {
            for (int y = 0; y <= size; y++, left += Stride)
                pixels[left] = pixels[left + size];
            return;
        }
        pixels[left] = row > 0 ? Left : Above;
        for (int y = 1; y <= size; y++)
            pixels[left + (y * Stride)] = Left;
    }

    private static void Add(Coefficients coefficients, int block, Span<byte> pixels, int at)
    {
        ReadOnlySpan<short> values = coefficients.Values.AsSpan(16 * block, 16);
        if (coefficients.Extents[block] == 2)
            InverseTransform.Add(values, pixels[at..], Stride);
        else if (coefficients.Extents[block] == 1)
            InverseTransform.AddMean(values[0], pixels[at..], Stride);
    }

    private static byte[] Filled(int length)
    {
        var result = new byte[length];
        Array.Fill(result, Above);
        return result;
    }
}
