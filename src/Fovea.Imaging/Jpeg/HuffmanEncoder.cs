using System.Numerics;

namespace Fovea.Imaging.Jpeg;

/// <summary>Codes for the coefficients of a component's blocks (F.1.2), from the standard's tables.</summary>
internal sealed class HuffmanEncoder
{
    private const int ZeroRun = 0xF0, EndOfBlock = 0;

    /// <summary>By symbol: the code · 256 + its length.</summary>
    private readonly int[] _dc, _ac;

    private int _predictor;

    /// <param name="table">0 for brightness, 1 for colour.</param>
    public HuffmanEncoder(int table)
    {
        _dc = Codes(StandardTables.DcCounts(table), StandardTables.DcSymbols);
        _ac = Codes(StandardTables.AcCounts(table), StandardTables.AcSymbols(table));
    }

    /// <summary>Writes a block that only fills up a unit and is not seen: the same brightness as before.</summary>
    public void WriteFiller(BitWriter bits)
    {
        WriteCode(bits, _dc, 0);
        WriteCode(bits, _ac, EndOfBlock);
    }

    /// <summary>Writes a block.</summary>
    /// <param name="bits">Where to.</param>
    /// <param name="coefficients">64 quantized coefficients by row · 8 + column.</param>
    public void Write(BitWriter bits, ReadOnlySpan<int> coefficients)
    {
        int difference = coefficients[0] - _predictor;
        _predictor = coefficients[0];
        WriteCode(bits, _dc, Size(difference));
        WriteValue(bits, difference);
        int zeros = 0;
        for (int i = 1; i < BlockLayout.Size; i++)
        {
            int value = coefficients[BlockLayout.ZigZag[i]];
            if (value == 0)
            {
                zeros++;
                continue;
            }
            for (; zeros >= 16; zeros -= 16)
                WriteCode(bits, _ac, ZeroRun);
            WriteCode(bits, _ac, (zeros << 4) | Size(value));
            WriteValue(bits, value);
            zeros = 0;
        }
        if (zeros > 0)
            WriteCode(bits, _ac, EndOfBlock);
    }

    private static int Size(int value) => 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));

    private static void WriteCode(BitWriter bits, int[] codes, int symbol) => bits.Write(codes[symbol] >> 8, codes[symbol] & 255);

    private static void WriteValue(BitWriter bits, int value)
    {
        int size = Size(value);
        bits.Write(value < 0 ? value + (1 << size) - 1 : value, size);
    }

    private static int[] Codes(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var codes = new int[256];
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
            for (int i = 0; i < counts[length - 1]; i++)
                codes[symbols[index++]] = (code++ << 8) | length;
        return codes;
    }
}
