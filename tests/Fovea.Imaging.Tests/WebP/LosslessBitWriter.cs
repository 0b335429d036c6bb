namespace Fovea.Imaging.Tests.WebP;

/// <summary>Writes lossless images bit by bit, the lowest of a byte first.</summary>
internal sealed class LosslessBitWriter
{
    private readonly List<byte> _bytes = [];
    private int _count;

    /// <summary>Begins an image.</summary>
    public LosslessBitWriter(int width, int height)
    {
        Write(0x2F, 8);
        Write(width - 1, 14);
        Write(height - 1, 14);
        Write(0, 4);
    }

    public void Write(int value, int bits)
    {
        for (int i = 0; i < bits; i++, _count++)
        {
            if (_count % 8 == 0)
                _bytes.Add(0);
            _bytes[^1] |= (byte)(((value >> i) & 1) << (_count % 8));
        }
    }

    /// <summary>A code of one symbol, which then takes no bit.</summary>
    public void WriteCode(int symbol)
    {
        Write(0b101, 3);
        Write(symbol, 8);
    }

    /// <summary>A code of two symbols, a bit each.</summary>
    public void WriteCode(int first, int second)
    {
        Write(0b111, 3);
        Write(first, 8);
        Write(second, 8);
    }

    /// <summary>A code of 256 symbols, 8 bits each, the highest first.</summary>
    public void WriteByteCode(int symbols)
    {
        // Of the code of lengths, whose order is 17, 18, 0 to 5, 16, 6, 7, 8, only length 8 has a length.
        Write(0, 1);
        Write(12 - 4, 4);
        Write(0, 33);
        Write(1, 3);
        if (symbols == 256)
        {
            Write(0, 1);
        }
        else
        {
            // 256 lengths, a number of 8 bits plus 2.
            Write(1, 1);
            Write(3, 3);
            Write(254, 8);
        }
    }

    public byte[] File() => WebPBuilder.File(WebPBuilder.Chunk("VP8L", [.. _bytes]));
}
