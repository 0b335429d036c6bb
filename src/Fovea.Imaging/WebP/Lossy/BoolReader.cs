using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// The arithmetic decoder of VP8 (RFC 6386, section 7). The data are handed to every call, so that the rest fits into
/// registers where it is copied into a local.
/// </summary>
internal struct BoolReader
{
    private readonly int _end;
    private int _next;
    private ulong _value;

    // How many bits of the value lie below the 8 that are compared; negative where more must be loaded.
    private int _bits;

    // One less than the width of the interval, 127 to 254.
    private uint _range;

    /// <summary>Reads a part of the data.</summary>
    public BoolReader(int start, int length)
    {
        _next = start;
        _end = start + length;
        _bits = -8;
        _range = 254;
    }

    /// <summary>Whether more was read than there is.</summary>
    public readonly bool IsBeyond => _next > _end;

    /// <summary>A bit, 0 or 1, that is 0 in <paramref name="probability"/> of 256 cases.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(ReadOnlySpan<byte> data, int probability)
    {
        if (_bits < 0)
            Load(data);
        uint split = (_range * (uint)probability) >> 8, range;
        int bit;
        if ((uint)(_value >> _bits) > split)
        {
            range = _range - split;
            _value -= (ulong)(split + 1) << _bits;
            bit = 1;
        }
        else
        {
            range = split + 1;
            bit = 0;
        }
        int shift = BitOperations.LeadingZeroCount(range) - 24;
        _range = (range << shift) - 1;
        _bits -= shift;
        return bit;
    }

    /// <summary>The value, or its negative if the next bit, of even chances, is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSign(ReadOnlySpan<byte> data, int value)
    {
        if (_bits < 0)
            Load(data);
        uint split = _range >> 1;
        // All ones if the bit is set. The interval's half is always 64 to 127 wide, so one shift makes it whole.
        int mask = (int)(split - (uint)(_value >> _bits)) >> 31;
        _value -= (ulong)((split + 1) & (uint)mask) << _bits;
        _range = ((_range + (uint)mask) | 1);
        _bits--;
        return (value ^ mask) - mask;
    }

    /// <summary>A bit of even chances.</summary>
    public bool TakeFlag(ReadOnlySpan<byte> data) => Take(data, 128) != 0;

    /// <summary>A number of some bits of even chances, the highest first.</summary>
    public int TakeNumber(ReadOnlySpan<byte> data, int bits)
    {
        int result = 0;
        for (; bits > 0; bits--)
            result = (result << 1) | Take(data, 128);
        return result;
    }

    /// <summary>A number of some bits, and its sign.</summary>
    public int TakeSigned(ReadOnlySpan<byte> data, int bits)
    {
        int result = TakeNumber(data, bits);
        return TakeFlag(data) ? -result : result;
    }

    /// <summary>A number with its sign if a bit before it is set, else 0.</summary>
    public int TakeOptional(ReadOnlySpan<byte> data, int bits) => TakeFlag(data) ? TakeSigned(data, bits) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Load(ReadOnlySpan<byte> data)
    {
        if (_end - _next >= 8)
        {
            _value = (_value << 56) | (BinaryPrimitives.ReadUInt64BigEndian(data[_next..]) >> 8);
            _next += 7;
            _bits += 56;
            return;
        }
        // Behind the end there are zeros.
        _value = (_value << 8) | (_next < _end ? data[_next] : (byte)0);
        _next++;
        _bits += 8;
    }
}
