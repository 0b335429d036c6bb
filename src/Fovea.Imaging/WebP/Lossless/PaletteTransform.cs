namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Green is a place in a palette; with up to 16 colours, one pixel of the data holds several such places.</summary>
internal sealed class PaletteTransform : Transform
{
    private readonly uint[] _colours;
    private readonly int _sharedBits;

    public PaletteTransform(ref LosslessBits bits, ReadOnlySpan<byte> data)
    {
        int count = bits.Read(data, 8) + 1;
        _sharedBits = count > 16 ? 0 : count > 4 ? 1 : count > 2 ? 2 : 3;
        uint[] differences = EntropyCodedImage.ReadSmall(ref bits, data, count, 1);
        // Places behind the palette are transparent black.
        _colours = new uint[256];
        uint colour = 0;
        for (int i = 0; i < count; i++)
        {
            uint difference = differences[i];
            colour = (((colour & 0xFF00FF00) + (difference & 0xFF00FF00)) & 0xFF00FF00) | (((colour & 0x00FF00FF) + (difference & 0x00FF00FF)) & 0x00FF00FF);
            _colours[i] = colour;
        }
    }

    /// <summary>How many pixels of the data make a row.</summary>
    public int PackedWidth(int width) => Squares.Across(width, _sharedBits);

    public override void Undo(Span<uint> row, int y)
    {
        uint[] colours = _colours;
        if (_sharedBits == 0)
        {
            foreach (ref uint pixel in row)
                pixel = colours[(byte)(pixel >> 8)];
            return;
        }
        // From the right, so that nothing is written over before it is read.
        int bits = 8 >> _sharedBits, shared = (1 << _sharedBits) - 1, mask = (1 << bits) - 1;
        for (int x = row.Length - 1; x >= 0; x--)
            row[x] = colours[(int)(row[x >> _sharedBits] >> (8 + ((x & shared) * bits))) & mask];
    }
}
