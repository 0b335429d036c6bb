using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossless;

/// <summary>
/// Reads bits, the lowest of a byte first. The data are handed to every call, so that the rest fits into registers where
/// it is copied into a local. Past the end there are zeros; <see cref="IsBeyond"/> tells.
/// </summary>
internal struct LosslessBits
{
    private ulong _bits;
    private int _count, _next;

    /// <summary>The next bits, of which at least 56 are valid after a refill.</summary>
    public readonly int Peek => (int)_bits;

    /// <summary>Makes sure of at least 56 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill(ReadOnlySpan<byte> data)
    {
        if (data.Length - _next >= 8)
        {
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(data[_next..]) << _count;
            _next += (63 - _count) >> 3;
            _count |= 56;
        }
        else
        {
            for (; _count <= 56; _count += 8, _next++)
                if (_next < data.Length)
                    _bits |= (ulong)data[_next] << _count;
        }
    }

    /// <summary>Goes past some of the bits that a refill made sure of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        _bits >>= count;
        _count -= count;
    }

    /// <summary>The next bits, 0 to 24, of those that a refill made sure of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        int result = (int)_bits & ((1 << count) - 1);
        Skip(count);
        return result;
    }

    /// <summary>The next bits, 0 to 24.</summary>
    public int Read(ReadOnlySpan<byte> data, int count)
    {
        Refill(data);
        return Take(count);
    }

    /// <summary>The next bit.</summary>
    public bool ReadFlag(ReadOnlySpan<byte> data) => Read(data, 1) != 0;

    /// <summary>Whether more was read than there is.</summary>
    public readonly bool IsBeyond(ReadOnlySpan<byte> data) => _next - (_count >> 3) > data.Length;
}
