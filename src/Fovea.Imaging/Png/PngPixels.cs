using System.Buffers.Binary;

namespace Fovea.Imaging.Png;

/// <summary>Turns the samples of a PNG file into 8-bit pixels: bit depths, the palette, and transparency.</summary>
internal sealed class PngPixels
{
    private readonly PngHeader _header;
    private readonly ReadingNotes _notes;

    /// <summary>The bytes of every palette entry, <see cref="Channels"/> each.</summary>
    private readonly byte[] _palette = [];
    private readonly int _colours;

    /// <summary>The samples of the colour that is transparent, or empty if there is none.</summary>
    private readonly int[] _transparent = [];

    /// <exception cref="ImageFormatException">The colours are indices, and the palette is missing or damaged.</exception>
    public PngPixels(PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency, ReadingNotes notes)
    {
        (_header, _notes) = (header, notes);
        bool indexed = header.Colour == PngColour.Palette;
        if (indexed && (palette.Length % 3 != 0 || palette.Length > 3 * 256))
            throw new ImageFormatException($"PNG: a palette (PLTE) of {palette.Length} bytes; 3 to 768, a multiple of 3, would be right");
        if (indexed)
        {
            if (palette.IsEmpty)
                throw new ImageFormatException("PNG: the colours are indices, and there is no palette (PLTE) before the data");
            if (transparency.Length > palette.Length / 3)
                notes.Add("tRNS is longer than the palette: the rest is left out");
            _colours = palette.Length / 3;
            Channels = transparency.IsEmpty ? 3 : 4;
            _palette = Join(palette, transparency, Channels);
            return;
        }
        Channels = header.Samples;
        if (palette.Length % 3 != 0 || palette.Length > 3 * 256)
            notes.Add($"PLTE has {palette.Length} bytes, not 3 to 768 and a multiple of 3: it is left out");
        if (transparency.IsEmpty)
            return;
        if (header.Colour is PngColour.GreyAlpha or PngColour.Rgba || transparency.Length != 2 * header.Samples)
        {
            notes.Add(header.Colour is PngColour.GreyAlpha or PngColour.Rgba
                ? "tRNS is in an image with alpha: it is left out"
                : $"tRNS has {transparency.Length} bytes instead of {2 * header.Samples}: it is left out");
            return;
        }
        Channels = header.Samples + 1;
        _transparent = new int[header.Samples];
        for (int i = 0; i < _transparent.Length; i++)
            _transparent[i] = BinaryPrimitives.ReadUInt16BigEndian(transparency[(2 * i)..]) & ((1 << header.BitDepth) - 1);
    }

    /// <summary>Channels of the image: the file's, with alpha where a colour is transparent.</summary>
    public int Channels { get; }

    /// <summary>Writes the pixels of one row.</summary>
    /// <param name="row">The row as it is in the file, unfiltered.</param>
    /// <param name="pixels">(W, <see cref="Channels"/>).</param>
    public void Expand(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        if (_header.Colour == PngColour.Palette)
            ExpandPalette(row, pixels);
        else if (_transparent.Length > 0)
            ExpandTransparent(row, pixels);
        else if (_header.BitDepth == 8)
            row[..pixels.Length].CopyTo(pixels);
        else if (_header.BitDepth == 16)
            for (int i = 0; i < pixels.Length; i++)
                pixels[i] = row[2 * i];
        else
            for (int i = 0; i < pixels.Length; i++)
                pixels[i] = ToByte(Sample(row, i));
    }

    private void ExpandPalette(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        ReadOnlySpan<byte> palette = _palette;
        int most = 0;
        for (int i = 0; i < pixels.Length / Channels; i++)
        {
            int index = Sample(row, i);
            most = Math.Max(most, index);
            palette.Slice(index * Channels, Channels).CopyTo(pixels[(i * Channels)..]);
        }
        if (most >= _colours)
            _notes.Add(ReadingNotes.ColoursBeyondPalette);
    }

    private void ExpandTransparent(ReadOnlySpan<byte> row, Span<byte> pixels)
    {
        int samples = _transparent.Length;
        for (int i = 0; i < pixels.Length / Channels; i++)
        {
            bool transparent = true;
            for (int s = 0; s < samples; s++)
            {
                int sample = Sample(row, (i * samples) + s);
                transparent &= sample == _transparent[s];
                pixels[(i * Channels) + s] = ToByte(sample);
            }
            pixels[(i * Channels) + samples] = transparent ? (byte)0 : (byte)255;
        }
    }

    /// <summary>The i-th sample of a row, 0 to 2^depth − 1. Smaller ones than a byte begin at the highest bit.</summary>
    private int Sample(ReadOnlySpan<byte> row, int i)
    {
        int depth = _header.BitDepth;
        if (depth == 8)
            return row[i];
        if (depth == 16)
            return BinaryPrimitives.ReadUInt16BigEndian(row[(2 * i)..]);
        int bit = i * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }

    /// <summary>
    /// The sample in 0 to 255: few bits are spread over all of them, of 16 the higher 8 are kept, as libpng strips them and
    /// Pillow reads them. Full stays full at every depth.
    /// </summary>
    private byte ToByte(int sample) => _header.BitDepth switch
    {
        1 => (byte)(sample * 255),
        2 => (byte)(sample * 85),
        4 => (byte)(sample * 17),
        8 => (byte)sample,
        _ => (byte)(sample >> 8),
    };

    /// <summary>The pixels of 256 indices; beyond the palette they are black, as libpng gives them.</summary>
    private static byte[] Join(ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency, int channels)
    {
        var result = new byte[256 * channels];
        for (int i = 0; i < 256; i++)
        {
            if (3 * i < palette.Length)
                palette.Slice(3 * i, 3).CopyTo(result.AsSpan(i * channels));
            if (channels == 4)
                result[(4 * i) + 3] = i < transparency.Length ? transparency[i] : (byte)255;
        }
        return result;
    }
}
