using System.Diagnostics.CodeAnalysis;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// A Huffman code (annex C), ready for decoding: what the next <see cref="LookBits"/> bits mean is looked up; longer
/// codes are found by comparing with the last code of every length.
/// </summary>
internal sealed class HuffmanTable
{
    /// <summary>How many bits are looked up at once.</summary>
    public const int LookBits = 10;

    /// <summary>Lengths of codes that are not looked up, and one for the end.</summary>
    private readonly int[] _limits = new int[18];
    private readonly int[] _offsets = new int[17];
    private readonly byte[] _symbols = new byte[256];
    private int[]? _coefficients;

    /// <summary>A code.</summary>
    /// <param name="counts">How many codes there are of 1 to 16 bits.</param>
    /// <param name="symbols">What they stand for, in the order of the codes.</param>
    /// <exception cref="ImageFormatException">There are more codes of a length than fit.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        symbols.CopyTo(_symbols);
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++)
        {
            if (code + counts[length - 1] > 1 << length)
                throw new ImageFormatException($"JPEG: a Huffman table has more codes of {length} bits than there can be");
            _offsets[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
                if (length <= LookBits)
                    Codes.AsSpan(code << (LookBits - length), 1 << (LookBits - length)).Fill((ushort)((length << 8) | symbols[index]));
            _limits[length] = code << (16 - length);
            code <<= 1;
        }
        _limits[17] = int.MaxValue;
    }

    /// <summary>By the next bits: the code's length · 256 + its symbol; 0 if the code is longer.</summary>
    public ushort[] Codes { get; } = new ushort[1 << LookBits];

    /// <summary>
    /// By the next bits, for a code of an AC coefficient that is among them with its value: the value · 2^16 + the zeros
    /// before it · 256 + the bits of both; 0 otherwise. Made when it is first asked for.
    /// </summary>
    public int[] Coefficients => _coefficients ??= WithValues();

    /// <summary>The code of more than <see cref="LookBits"/> bits: its length · 256 + its symbol.</summary>
    /// <param name="next">The next 16 bits.</param>
    /// <exception cref="ImageFormatException">There is no such code.</exception>
    public int FindLong(int next)
    {
        int length = LookBits + 1;
        while (next >= _limits[length])
            length++;
        if (length > 16)
            ThrowNoCode();
        return (length << 8) | _symbols[_offsets[length] + (next >> (16 - length))];
    }

    /// <summary>The signed number that is sent as so many bits (table F.1).</summary>
    public static int Extend(int bits, int size) => bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    private int[] WithValues()
    {
        var result = new int[Codes.Length];
        for (int bits = 0; bits < result.Length; bits++)
            result[bits] = WithValue(bits, Codes[bits]);
        return result;
    }

    private static int WithValue(int bits, int code)
    {
        int length = code >> 8, run = (code >> 4) & 15, size = code & 15;
        if (length == 0 || size == 0 || length + size > LookBits)
            return 0;
        int value = Extend((bits >> (LookBits - length - size)) & ((1 << size) - 1), size);
        return (value << 16) | (run << 8) | (length + size);
    }

    [DoesNotReturn]
    private static void ThrowNoCode() =>
        throw new ImageFormatException("JPEG: the image's data are damaged: they hold a code that is not in the Huffman table");
}
