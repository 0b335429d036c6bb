namespace Fovea.Imaging.WebP.Lossless;

/// <summary>The five codes that a part of an image is written with.</summary>
internal struct HuffmanGroup
{
    /// <summary>Symbols of the first code beside 256 values of green: lengths of copies.</summary>
    public const int Lengths = 24;

    /// <summary>Symbols of the first code without those of the colour cache.</summary>
    public const int Greens = 256 + Lengths;

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
    /// <param name="reader">Reads a code.</param>
    /// <param name="cached">How many colours are cached.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static HuffmanGroup Read(ref LosslessBits bits, ReadOnlySpan<byte> data, HuffmanTables tables, HuffmanCodeReader reader, int cached)
    {
        var group = new HuffmanGroup
        {
            Green = reader.Read(ref bits, data, tables, Greens + cached),
            Red = reader.Read(ref bits, data, tables, 256),
            Blue = reader.Read(ref bits, data, tables, 256),
            Alpha = reader.Read(ref bits, data, tables, 256),
            Distance = reader.Read(ref bits, data, tables, 40),
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
