namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Reads how macroblocks are predicted, from the left to the right and row by row (RFC 6386, sections 10 and 11).</summary>
internal sealed class MacroblockModes(FrameHeader header, int across)
{
    private readonly byte[] _above = new byte[4 * across], _left = new byte[4];

    public int Segment { get; private set; }

    /// <summary>Whether the macroblock has no coefficients.</summary>
    public bool IsSkipped { get; private set; }

    /// <summary>Whether brightness is predicted in blocks of 4×4.</summary>
    public bool IsInParts { get; private set; }

    /// <summary>The modes of 16 blocks of brightness, or the first for all of them.</summary>
    public byte[] Luma { get; } = new byte[16];

    public int Chroma { get; private set; }

    /// <summary>Begins a row.</summary>
    public void BeginRow() => Array.Clear(_left);

    /// <summary>Reads the next macroblock of a row.</summary>
    public void Read(ReadOnlySpan<byte> data, int column)
    {
        ref BoolReader reader = ref header.Modes;
        Segments segments = header.Segments;
        if (segments.HasMap)
        {
            int upper = reader.Take(data, segments.Probabilities[0]);
            Segment = (2 * upper) + reader.Take(data, segments.Probabilities[1 + upper]);
        }
        IsSkipped = header.SkipProbability >= 0 && reader.Take(data, header.SkipProbability) != 0;
        IsInParts = reader.Take(data, 145) == 0;
        Span<byte> above = _above.AsSpan(4 * column, 4), left = _left;
        if (IsInParts)
        {
            ReadParts(ref reader, data, above, left);
        }
        else
        {
            int mode = reader.Take(data, 156) != 0
                ? reader.Take(data, 128) != 0 ? BlockModes.Gradient : BlockModes.Horizontal
                : reader.Take(data, 163) != 0 ? BlockModes.Vertical : BlockModes.Mean;
            Luma[0] = (byte)mode;
            above.Fill((byte)mode);
            left.Fill((byte)mode);
        }
        Chroma = reader.Take(data, 142) == 0 ? BlockModes.Mean
            : reader.Take(data, 114) == 0 ? BlockModes.Vertical
            : reader.Take(data, 183) != 0 ? BlockModes.Gradient : BlockModes.Horizontal;
    }

    private void ReadParts(ref BoolReader reader, ReadOnlySpan<byte> data, Span<byte> above, Span<byte> left)
    {
        for (int y = 0; y < 4; y++)
        {
            int mode = left[y];
            for (int x = 0; x < 4; x++)
            {
                mode = ReadPart(ref reader, data, ModeProbabilities.Of(above[x], mode));
                above[x] = (byte)mode;
                Luma[(4 * y) + x] = (byte)mode;
            }
            left[y] = (byte)mode;
        }
    }

    private static int ReadPart(ref BoolReader reader, ReadOnlySpan<byte> data, ReadOnlySpan<byte> p)
    {
        if (reader.Take(data, p[0]) == 0)
            return BlockModes.Mean;
        if (reader.Take(data, p[1]) == 0)
            return BlockModes.Gradient;
        if (reader.Take(data, p[2]) == 0)
            return BlockModes.Vertical;
        if (reader.Take(data, p[3]) == 0)
        {
            if (reader.Take(data, p[4]) == 0)
                return BlockModes.Horizontal;
            return reader.Take(data, p[5]) == 0 ? BlockModes.DownRight : BlockModes.VerticalRight;
        }
        if (reader.Take(data, p[6]) == 0)
            return BlockModes.DownLeft;
        if (reader.Take(data, p[7]) == 0)
            return BlockModes.VerticalLeft;
        return reader.Take(data, p[8]) == 0 ? BlockModes.HorizontalDown : BlockModes.HorizontalUp;
    }
}
