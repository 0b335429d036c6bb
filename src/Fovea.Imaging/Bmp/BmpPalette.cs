namespace Fovea.Imaging.Bmp;

/// <summary>The pixels that indices stand for: black beyond the palette, as browsers show it.</summary>
internal sealed class BmpPalette
{
    private readonly byte[] _pixels;
    private readonly int _count;

    public BmpPalette(BmpHeader header, bool alpha)
    {
        ReadOnlySpan<byte> source = header.Palette;
        int count = source.Length / 3, colours = header.BitsPerPixel > 8 ? 3 : 1;
        for (int i = 0; i < count; i++)
            if (source[3 * i] != source[(3 * i) + 1] || source[3 * i] != source[(3 * i) + 2])
                colours = 3;
        _count = count;
        Channels = colours + (alpha ? 1 : 0);
        _pixels = new byte[256 * Channels];
        for (int i = 0; i < 256; i++)
        {
            for (int c = 0; c < colours && i < count; c++)
                _pixels[(i * Channels) + c] = source[(3 * i) + 2 - c];
            if (alpha)
                _pixels[(i * Channels) + colours] = 255;
        }
    }

    /// <summary>One colour if every one is a grey, otherwise three, and alpha.</summary>
    public int Channels { get; }

    /// <summary>The pixel of an index, 0 to 255.</summary>
    public ReadOnlySpan<byte> this[int index] => _pixels.AsSpan(index * Channels, Channels);

    /// <summary>Notes an index that has no colour.</summary>
    public void Check(int index, ReadingNotes notes)
    {
        if (index >= _count)
            notes.Add(ReadingNotes.ColoursBeyondPalette);
    }

    public void Paint(ReadOnlySpan<byte> indices, Span<byte> pixels)
    {
        if (Channels == 1)
            for (int x = 0; x < indices.Length; x++)
                pixels[x] = _pixels[indices[x]];
        else
            for (int x = 0; x < indices.Length; x++)
                this[indices[x]].CopyTo(pixels[(x * Channels)..]);
    }
}
