namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Reads the lengths of a code's symbols, which are written plainly for one or two symbols, and coded else.</summary>
/// <param name="maxSymbols">The symbols of the largest alphabet.</param>
internal sealed class HuffmanCodeReader(int maxSymbols)
{
    private const int LengthSymbols = 19, RepeatLast = 16;

    // Kept, since a file may have hundreds of thousands of codes.
    private readonly byte[] _lengths = new byte[maxSymbols];
    private readonly HuffmanTables _ofLengths = new(1 << 10);

    /// <summary>The order in which the lengths of the code of lengths are written.</summary>
    private static ReadOnlySpan<byte> LengthOrder => [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>Reads a code.</summary>
    /// <param name="bits">Where to read.</param>
    /// <param name="data">The data.</param>
    /// <param name="tables">Where the code's table goes.</param>
    /// <param name="symbols">The alphabet's symbols.</param>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public HuffmanCode Read(ref LosslessBits bits, ReadOnlySpan<byte> data, HuffmanTables tables, int symbols)
    {
        Span<byte> lengths = _lengths.AsSpan(0, symbols);
        lengths.Clear();
        if (bits.ReadFlag(data))
        {
            bool two = bits.ReadFlag(data);
            SetOne(lengths, bits.Read(data, bits.ReadFlag(data) ? 8 : 1));
            if (two)
                SetOne(lengths, bits.Read(data, 8));
        }
        else
        {
            ReadLengths(ref bits, data, lengths);
        }
        if (bits.IsBeyond(data))
            throw new ImageFormatException("WebP: the image's data end in a Huffman code");
        return tables.Add(lengths);
    }

    private static void SetOne(Span<byte> lengths, int symbol)
    {
        if (symbol >= lengths.Length)
            throw new ImageFormatException($"WebP: a Huffman code has the symbol {symbol} of an alphabet of {lengths.Length}");
        lengths[symbol] = 1;
    }

    private void ReadLengths(ref LosslessBits bits, ReadOnlySpan<byte> data, Span<byte> lengths)
    {
        Span<byte> lengthLengths = stackalloc byte[LengthSymbols];
        lengthLengths.Clear();
        int written = bits.Read(data, 4) + 4;
        foreach (byte symbol in LengthOrder[..written])
            lengthLengths[symbol] = (byte)bits.Read(data, 3);
        _ofLengths.Clear();
        HuffmanCode code = _ofLengths.Add(lengthLengths);

        int most = lengths.Length;
        if (bits.ReadFlag(data))
        {
            most = 2 + bits.Read(data, 2 + (2 * bits.Read(data, 3)));
            if (most > lengths.Length)
                throw new ImageFormatException($"WebP: a Huffman code has {most} lengths for an alphabet of {lengths.Length}");
        }
        byte last = 8;
        for (int symbol = 0; symbol < lengths.Length && most > 0; most--)
        {
            bits.Refill(data);
            int length = HuffmanTables.TakeSymbol(ref bits, _ofLengths.Entries, code);
            if (length < RepeatLast)
            {
                lengths[symbol++] = (byte)length;
                last = length != 0 ? (byte)length : last;
                continue;
            }
            int repeat = length switch
            {
                RepeatLast => 3 + bits.Take(2),
                RepeatLast + 1 => 3 + bits.Take(3),
                _ => 11 + bits.Take(7),
            };
            if (symbol + repeat > lengths.Length)
                throw new ImageFormatException("WebP: the lengths of a Huffman code run over its alphabet");
            lengths.Slice(symbol, repeat).Fill(length == RepeatLast ? last : (byte)0);
            symbol += repeat;
        }
    }
}
