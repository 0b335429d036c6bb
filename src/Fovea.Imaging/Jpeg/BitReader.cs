using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Reads bits, the highest of a byte first. Between refills 32 bits can be had: a code of 16 with a value of 15. To be
/// copied into a local where it is used much, so that it lives in registers.
/// </summary>
internal unsafe struct BitReader(byte* data)
{
    private byte* _next = data;
    private ulong _bits;
    private int _count;

    /// <summary>The same reader for data that lie so many bytes further on.</summary>
    public readonly BitReader Moved(nint bytes)
    {
        BitReader result = this;
        result._next += bytes;
        return result;
    }

    /// <summary>Makes sure of at least 32 bits. Reads up to 8 bytes ahead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill()
    {
        if (_count >= 32)
            return;
        _bits |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(_next)) >> _count;
        int bytes = (63 - _count) >> 3;
        _next += bytes;
        _count += 8 * bytes;
    }

    /// <summary>The next bits, 1 to 32, which remain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Peek(int count) => (int)(_bits >> (64 - count));

    /// <summary>Goes past some bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    /// <summary>The next bits, 1 to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        int result = Peek(count);
        Skip(count);
        return result;
    }

    /// <summary>The next code's symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSymbol(HuffmanTable table)
    {
        int code = table.Codes[Peek(HuffmanTable.LookBits)];
        if (code == 0)
            code = table.FindLong(Peek(16));
        Skip(code >> 8);
        return code & 255;
    }

    /// <summary>Whether more was read than there is.</summary>
    /// <param name="end">Where the data end.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsBeyond(byte* end) => (_next - end) * 8 > _count;
}
