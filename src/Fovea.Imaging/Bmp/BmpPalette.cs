namespace Fovea.Imaging.Bmp;

/// <summary>Turns indices into the colours of a BMP file's palette.</summary>
internal sealed class BmpPalette
{
    private readonly byte[] _colours;

    public BmpPalette(BmpHeader header)
    {
        ReadOnlySpan<byte> source = header.Palette;
        int count = source.Length / 3;
        Channels = 1;
        for (int i = 0; i < count; i++)
            if (source[3 * i] != source[(3 * i) + 1] || source[3 * i] != source[(3 * i) + 2])
                Channels = 3;
        _colours = new byte[count * Channels];
        for (int i = 0; i < count; i++)
            for (int c = 0; c < Channels; c++)
                _colours[(i * Channels) + c] = source[(3 * i) + 2 - c];
    }

    /// <summary>1 if every colour is a grey, otherwise 3.</summary>
    public int Channels { get; }

    /// <exception cref="ImageFormatException">An index is beyond the palette.</exception>
    public void Paint(ReadOnlySpan<byte> indices, Span<byte> pixels, int y)
    {
        ReadOnlySpan<byte> colours = _colours;
        for (int x = 0; x < indices.Length; x++)
        {
            int from = indices[x] * Channels;
            if (from >= colours.Length)
                throw new ImageFormatException($"BMP: pixel ({x}, {y}) has colour {indices[x]} of a palette of {colours.Length / Channels}");
            if (Channels == 1)
                pixels[x] = colours[from];
            else
                colours.Slice(from, 3).CopyTo(pixels[(3 * x)..]);
        }
    }
}
