using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Where a code's table begins, and which bits choose an entry of it: none if there is one symbol only.</summary>
internal readonly record struct HuffmanCode(int Start, int Mask);

/// <summary>
/// The tables of all codes of an image, one after the other. An entry has a length in its lowest 4 bits and a symbol
/// above them; codes of more than 8 bits go on in a second table, whose place stands instead of the symbol.
/// </summary>
/// <param name="maxEntries">How many entries are accepted, since a few bytes can describe large tables.</param>
internal sealed class HuffmanTables(long maxEntries)
{
    private const int RootBits = 8, MaxLength = 15, MaxSymbols = HuffmanGroup.Greens + 2048;
    private ushort[] _entries = new ushort[1 << 10];
    private int _count;

    public ushort[] Entries => _entries;

    /// <summary>Forgets all codes.</summary>
    public void Clear() => _count = 0;

    /// <summary>Makes the table of a code.</summary>
    /// <param name="lengths">0 to 15 for every symbol, 0 for those that do not occur.</param>
    /// <exception cref="ImageFormatException">The lengths belong to no code, or there are too many tables.</exception>
    public HuffmanCode Add(ReadOnlySpan<byte> lengths)
    {
        Span<int> counts = stackalloc int[MaxLength + 1];
        counts.Clear();
        foreach (byte length in lengths)
            counts[length]++;
        int start = _count, symbols = lengths.Length - counts[0];
        if (symbols == 1)
        {
            Reserve(1);
            _entries[start] = (ushort)(lengths.IndexOfAnyExcept((byte)0) << 4);
            return new HuffmanCode(start, 0);
        }
        Span<int> places = stackalloc int[MaxLength + 2];
        places[1] = 0;
        int free = 1;
        for (int length = 1; length <= MaxLength; length++)
        {
            places[length + 1] = places[length] + counts[length];
            free = (free << 1) - counts[length];
            if (free < 0)
                throw new ImageFormatException("WebP: the code lengths belong to no Huffman code");
        }
        if (free != 0)
            throw new ImageFormatException("WebP: the code lengths belong to no complete Huffman code");

        Span<ushort> sorted = stackalloc ushort[MaxSymbols];
        sorted = sorted[..symbols];
        for (int symbol = 0; symbol < lengths.Length; symbol++)
            if (lengths[symbol] != 0)
                sorted[places[lengths[symbol]]++] = (ushort)symbol;
        Reserve(1 << RootBits);
        int code = 0, index = 0;
        for (int length = 1; length <= RootBits; length++, code <<= 1)
            for (int last = index + counts[length]; index < last; index++, code++)
                Fill(start, RootBits, Reverse(code, length), length, sorted[index], length);
        AddLong(start, counts, sorted[index..], code);
        return new HuffmanCode(start, (1 << RootBits) - 1);
    }

    /// <summary>Codes longer than the root's bits; those with the same beginning share a table.</summary>
    private void AddLong(int start, ReadOnlySpan<int> counts, ReadOnlySpan<ushort> sorted, int code)
    {
        int length = RootBits + 1, left = counts[length], table = 0, tableBits = 0, prefix = -1;
        for (int index = 0; index < sorted.Length; index++, code++, left--)
        {
            for (; left == 0; left = counts[length], code <<= 1)
                length++;
            if (code >> (length - RootBits) != prefix)
            {
                prefix = code >> (length - RootBits);
                tableBits = LongestOf(counts, length, left) - RootBits;
                table = _count;
                Reserve(1 << tableBits);
                _entries[start + Reverse(prefix, RootBits)] = (ushort)(((table - start) << 4) | (RootBits + tableBits));
            }
            Fill(table, tableBits, Reverse(code, length) >> RootBits, length - RootBits, sorted[index], length - RootBits);
        }
    }

    /// <summary>How long the codes of a table become whose first code has this length.</summary>
    private static int LongestOf(ReadOnlySpan<int> counts, int length, int left)
    {
        int room = (1 << (length - RootBits)) - left;
        while (room > 0)
            room = (room << 1) - counts[++length];
        return length;
    }

    private void Fill(int table, int tableBits, int first, int step, int symbol, int length)
    {
        var entry = (ushort)((symbol << 4) | length);
        for (int i = first; i < 1 << tableBits; i += 1 << step)
            _entries[table + i] = entry;
    }

    private static int Reverse(int code, int length)
    {
        int result = 0;
        for (int i = 0; i < length; i++)
            result |= ((code >> i) & 1) << (length - 1 - i);
        return result;
    }

    private void Reserve(int entries)
    {
        _count += entries;
        if (_count > maxEntries)
            throw new ImageFormatException($"WebP: the Huffman tables take more than the {maxEntries} entries that are believed for so small an image");
        if (_count > _entries.Length)
            Array.Resize(ref _entries, (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)_count), Math.Max(maxEntries, _entries.Length)));
    }

    /// <summary>The next code's symbol; takes up to 15 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TakeSymbol(ref LosslessBits bits, ushort[] entries, HuffmanCode code)
    {
        int entry = entries[code.Start + (bits.Peek & code.Mask)], length = entry & 15;
        if (length > RootBits)
        {
            bits.Skip(RootBits);
            entry = entries[code.Start + (entry >> 4) + (bits.Peek & ((1 << (length - RootBits)) - 1))];
            length = entry & 15;
        }
        bits.Skip(length);
        return entry >> 4;
    }
}
