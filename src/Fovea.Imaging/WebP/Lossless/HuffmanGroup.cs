namespace Fovea.Imaging.WebP.Lossless;

/// <summary>The five codes that a part of an image is written with.</summary>
internal struct HuffmanGroup
{
    /// <summary>Symbols of the first code beside 256 values of green: lengths of copies.</summary>
    public const int Lengths = 24;

    /// <summary>Values of green, lengths of copies and places in the colour cache.</summary>
    public HuffmanCode Green;
    public HuffmanCode Red, Blue, Alpha;

    /// <summary>How far back a copy's source is.</summary>
    public HuffmanCode Distance;

    /// <summary>Whether red, blue and alpha are the same everywhere.</summary>
    public bool HasOneColour;

    /// <summary>Whether every pixel is <see cref="Colour"/>, and takes no bit.</summary>
    public bool IsConstant;

    /// <summary>Alpha, red and blue where they are the same everywhere; green too where all pixels are.</summary>
    public uint Colour;

    /// <summary>Reads the codes of a group.</summary>
    /// <param name="bits">Where to read.</param>
    /// <param name="data">The data.</param>
    /// <param name="tables">Where the tables go.</param>
    /// <param name="lengths">Working memory of a byte for every symbol of the first code.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static HuffmanGroup Read(ref LosslessBits bits, ReadOnlySpan<byte> data, HuffmanTables tables, Span<byte> lengths)
    {
        var group = new HuffmanGroup
        {
            Green = HuffmanCodeReader.Read(ref bits, data, tables, lengths),
            Red = HuffmanCodeReader.Read(ref bits, data, tables, lengths[..256]),
            Blue = HuffmanCodeReader.Read(ref bits, data, tables, lengths[..256]),
            Alpha = HuffmanCodeReader.Read(ref bits, data, tables, lengths[..256]),
            Distance = HuffmanCodeReader.Read(ref bits, data, tables, lengths[..40]),
        };
        ushort[] entries = tables.Entries;
        if ((group.Red.Mask | group.Blue.Mask | group.Alpha.Mask) == 0)
        {
            uint red = Only(entries, group.Red), blue = Only(entries, group.Blue), alpha = Only(entries, group.Alpha);
            group.HasOneColour = true;
            group.Colour = (alpha << 24) | (red << 16) | blue;
            if (group.Green.Mask == 0 && Only(entries, group.Green) < 256)
            {
                group.IsConstant = true;
                group.Colour |= Only(entries, group.Green) << 8;
            }
        }
        return group;
    }

    private static uint Only(ushort[] entries, HuffmanCode code) => (uint)entries[code.Start] >> 4;
}
