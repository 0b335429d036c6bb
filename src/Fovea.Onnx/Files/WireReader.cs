using System.Buffers.Binary;
using System.Text;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>How a field's value is stored.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads one message of Protocol Buffers' wire format: fields, each a tag (number and wire type) and a value. Every length
/// is checked against the message's end before it is used.
/// </summary>
internal sealed class WireReader(FileBytes file, long start, long end)
{
    private const int LongestVarint = 10;

    private readonly long _start = start;
    private long _position = start;

    public WireReader(FileBytes file)
        : this(file, 0, file.Length)
    {
    }

    public FileBytes File => file;

    /// <summary>The current field's number.</summary>
    public int Field { get; private set; }

    /// <summary>The current field's wire type.</summary>
    public WireType Type { get; private set; }

    /// <summary>Where the message ends in the file.</summary>
    public long End { get; } = end;

    /// <summary>The message's length in bytes.</summary>
    public long Length => End - _start;

    /// <summary>The same message from its beginning.</summary>
    public WireReader Again() => new(file, _start, End);

    /// <summary>Goes on to the next field; false at the message's end.</summary>
    /// <exception cref="ModelFormatException">What is there is no field.</exception>
    public bool Next()
    {
        if (_position == End)
            return false;
        long at = _position;
        ulong tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue)
            throw Error(at, "no field begins here");
        Field = (int)(tag >> 3);
        Type = (WireType)(tag & 7);
        if (Type is not (WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32))
            throw Error(at, $"field {Field} is of wire type {(int)Type}, which ONNX does not use");
        return true;
    }

    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Bytes:
                ReadRange();
                break;
            default:
                Take(Type == WireType.Fixed32 ? 4 : 8);
                break;
        }
    }

    public long Int64()
    {
        Require(WireType.Varint);
        return (long)ReadVarint();
    }

    public int Int32() => (int)Int64();

    public float Single()
    {
        Require(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public string Text()
    {
        Range range = Bytes();
        return Encoding.UTF8.GetString(file.Span(range.Offset, range.Short));
    }

    public WireReader Message()
    {
        Range range = Bytes();
        return new WireReader(file, range.Offset, range.Offset + range.Length);
    }

    /// <summary>Where the bytes of the value lie.</summary>
    public Range Bytes()
    {
        Require(WireType.Bytes);
        return ReadRange();
    }

    /// <summary>Adds the field's whole numbers: one, or many if they are packed.</summary>
    public void Int64s(List<long> values)
    {
        if (Type == WireType.Varint)
        {
            values.Add(Int64());
            return;
        }
        for (WireReader packed = Message(); packed._position < packed.End;)
            values.Add((long)packed.ReadVarint());
    }

    /// <summary>Adds the field's floats: one, or many if they are packed.</summary>
    public void Singles(List<float> values)
    {
        if (Type == WireType.Fixed32)
        {
            values.Add(Single());
            return;
        }
        for (WireReader packed = Message(); packed._position < packed.End;)
            values.Add(BinaryPrimitives.ReadSingleLittleEndian(packed.Take(4)));
    }

    /// <summary>The bytes of the field's numbers of fixed size: one number's, or those of many that are packed.</summary>
    public Range Fixed(int size)
    {
        if (Type == WireType.Bytes)
            return ReadRange();
        Require(size == 4 ? WireType.Fixed32 : WireType.Fixed64);
        Take(size);
        return new Range(_position - size, size);
    }

    private Range ReadRange()
    {
        long at = _position;
        ulong length = ReadVarint();
        if (length > (ulong)(End - _position))
            throw Error(at, $"field {Field} is said to have {length} bytes, but only {End - _position} are left: the file is damaged or cut short");
        var range = new Range(_position, (long)length);
        _position += (long)length;
        return range;
    }

    private ulong ReadVarint()
    {
        ReadOnlySpan<byte> bytes = file.Span(_position, (int)Math.Min(LongestVarint, End - _position));
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                if (i == LongestVarint - 1 && bytes[i] > 1)
                    break;
                _position += i + 1;
                return value;
            }
        }
        throw Error(_position, bytes.Length < LongestVarint ? "the message ends within a number: the file is damaged or cut short" : "a number has more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > End - _position)
            throw Error(_position, "the message ends within a number: the file is damaged or cut short");
        ReadOnlySpan<byte> bytes = file.Span(_position, length);
        _position += length;
        return bytes;
    }

    private void Require(WireType type)
    {
        if (Type != type)
            throw Error(_position, $"field {Field} must be of wire type {(int)type} ({type}), got {(int)Type} ({Type})");
    }

    private static ModelFormatException Error(long position, string message) => new($"byte {position}: {message}");

    /// <summary>A part of the file.</summary>
    internal readonly record struct Range(long Offset, long Length)
    {
        /// <summary>The length of a part that is to lie in one piece of memory.</summary>
        public int Short => Length <= Array.MaxLength
            ? (int)Length
            : throw new ModelFormatException($"byte {Offset}: {Length} bytes in one piece are more than the {Array.MaxLength} that are read");
    }
}
