using System.Buffers.Binary;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>What stands before a lossy image's macroblocks (RFC 6386, section 9).</summary>
internal sealed class FrameHeader
{
    private const int PlainLength = 10;

    private FrameHeader(int width, int height) => (Width, Height) = (width, height);

    public int Width { get; }

    public int Height { get; }

    /// <summary>Reads the modes of the macroblocks.</summary>
    public BoolReader Modes;

    /// <summary>Read the coefficients, a row of macroblocks each in turns.</summary>
    public BoolReader[] Partitions { get; private set; } = [];

    public Segments Segments { get; private set; }

    /// <summary>A pair a segment, or none.</summary>
    public FilterStrength[] Filters { get; private set; } = [];

    public bool HasSimpleFilter { get; private set; }

    /// <summary>One a segment.</summary>
    public Quantizer[] Quantizers { get; private set; } = [];

    /// <summary>How coefficients are written: (4 kinds of blocks, 8 bands, 3 contexts, 11).</summary>
    public byte[] Probabilities { get; private set; } = [];

    /// <summary>How it is written that a macroblock has no coefficients, or -1 if that is not written.</summary>
    public int SkipProbability { get; private set; } = -1;

    /// <summary>The image's size.</summary>
    /// <exception cref="ImageFormatException">The header is damaged.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> data)
    {
        if (data.Length < PlainLength)
            throw new ImageFormatException("WebP: the lossy image ends in its header");
        if ((data[0] & 1) != 0)
            throw new ImageFormatException("WebP: the lossy image is no key frame");
        if (((data[0] >> 1) & 7) > 3 || (data[0] & 16) == 0 || !data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            throw new ImageFormatException("WebP: the lossy image's header is damaged");
        // The upper two bits say how a player may scale it.
        return (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
    }

    /// <summary>Reads all that stands before the macroblocks.</summary>
    /// <exception cref="ImageFormatException">The header is damaged or cut off.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> data)
    {
        (int width, int height) = ReadSize(data);
        var header = new FrameHeader(width, height);
        int length = (data[0] | (data[1] << 8) | (data[2] << 16)) >> 5;
        if (length > data.Length - PlainLength)
            throw new ImageFormatException($"WebP: the lossy image ends in its modes, which take {length} bytes");
        var reader = new BoolReader(PlainLength, length);
        // The kind of colour and whether clamping can be left out; both change nothing here.
        reader.TakeNumber(data, 2);
        header.Segments = new Segments(ref reader, data);
        header.Filters = FilterStrength.Read(ref reader, data, header.Segments, out bool simple);
        header.HasSimpleFilter = simple;
        header.ReadPartitions(data, PlainLength + length, 1 << reader.TakeNumber(data, 2));
        header.Quantizers = Quantizer.Read(ref reader, data, header.Segments);
        // Whether the probabilities are kept for later frames.
        reader.TakeFlag(data);
        header.Probabilities = CoefficientProbabilities.Read(ref reader, data);
        if (reader.TakeFlag(data))
            header.SkipProbability = reader.TakeNumber(data, 8);
        if (reader.IsBeyond)
            throw new ImageFormatException("WebP: the lossy image ends in its header");
        header.Modes = reader;
        return header;
    }

    private void ReadPartitions(ReadOnlySpan<byte> data, int place, int count)
    {
        int start = place + (3 * (count - 1));
        if (start >= data.Length)
            throw new ImageFormatException("WebP: the lossy image ends before its coefficients");
        Partitions = new BoolReader[count];
        for (int i = 0; i < count; i++, place += 3)
        {
            int left = data.Length - start;
            int length = i == count - 1 ? left : Math.Min(data[place] | (data[place + 1] << 8) | (data[place + 2] << 16), left);
            Partitions[i] = new BoolReader(start, length);
            start += length;
        }
    }
}
