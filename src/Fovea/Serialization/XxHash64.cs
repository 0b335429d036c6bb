using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fovea.Serialization;

/// <summary>
/// XXH64 of a sequence of bytes that comes in parts (Yann Collet, xxHash fast digest algorithm, 2023), seed 0. It finds
/// damage at the speed of memory; it is no protection against someone who wants to deceive.
/// </summary>
internal sealed class XxHash64
{
    private const int Stripe = 32;
    private const ulong Prime1 = 0x9E3779B185EBCA87, Prime2 = 0xC2B2AE3D27D4EB4F, Prime3 = 0x165667B19E3779F9, Prime4 = 0x85EBCA77C2B2AE63, Prime5 = 0x27D4EB2F165667C5;

    private readonly byte[] _rest = new byte[Stripe];
    private ulong _a = unchecked(Prime1 + Prime2), _b = Prime2, _c, _d = unchecked(0 - Prime1);
    private int _waiting;
    private long _length;

    /// <summary>The next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (_waiting > 0)
        {
            int taken = Math.Min(Stripe - _waiting, bytes.Length);
            bytes[..taken].CopyTo(_rest.AsSpan(_waiting));
            _waiting += taken;
            bytes = bytes[taken..];
            if (_waiting < Stripe)
                return;
            Mix(_rest);
            _waiting = 0;
        }
        int whole = bytes.Length / Stripe * Stripe;
        Mix(bytes[..whole]);
        bytes[whole..].CopyTo(_rest);
        _waiting = bytes.Length - whole;
    }

    /// <summary>The hash of all bytes so far.</summary>
    public ulong Value
    {
        get
        {
            ulong hash = Prime5;
            if (_length >= Stripe)
            {
                hash = BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7) + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18);
                foreach (ulong lane in (ReadOnlySpan<ulong>)[_a, _b, _c, _d])
                    hash = (hash ^ Round(0, lane)) * Prime1 + Prime4;
            }
            hash += (ulong)_length;
            ReadOnlySpan<byte> rest = _rest.AsSpan(0, _waiting);
            for (; rest.Length >= 8; rest = rest[8..])
                hash = BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1 + Prime4;
            if (rest.Length >= 4)
            {
                hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1, 23) * Prime2 + Prime3;
                rest = rest[4..];
            }
            foreach (byte last in rest)
                hash = BitOperations.RotateLeft(hash ^ last * Prime5, 11) * Prime1;
            hash = (hash ^ hash >> 33) * Prime2;
            hash = (hash ^ hash >> 29) * Prime3;
            return hash ^ hash >> 32;
        }
    }

    private void Mix(ReadOnlySpan<byte> stripes)
    {
        (ulong a, ulong b, ulong c, ulong d) = (_a, _b, _c, _d);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(stripes);
        for (int i = 0; i + 3 < words.Length; i += 4)
        {
            a = Round(a, LittleEndian(words[i]));
            b = Round(b, LittleEndian(words[i + 1]));
            c = Round(c, LittleEndian(words[i + 2]));
            d = Round(d, LittleEndian(words[i + 3]));
        }
        (_a, _b, _c, _d) = (a, b, c, d);
    }

    private static ulong LittleEndian(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static ulong Round(ulong sum, ulong word) => BitOperations.RotateLeft(sum + word * Prime2, 31) * Prime1;
}
