using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fovea.Onnx.Files;

/// <summary>
/// Writes one message of Protocol Buffers' wire format. Large bytes are kept as they are until the file is written, so
/// that a model is not in memory twice.
/// </summary>
internal sealed class WireWriter
{
    private const int Large = 1 << 12;

    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private ArrayBufferWriter<byte> _buffer = new();
    private long _flushed;

    /// <summary>Bytes so far.</summary>
    public long Length => _flushed + _buffer.WrittenCount;

    public void Int(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)value);
    }

    public void Single(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
    }

    /// <summary>A text; an empty one is left out, which means the same.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0)
            Item(field, value);
    }

    /// <summary>A text of several, which counts even if it is empty.</summary>
    public void Item(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)value.Length);
        Append(value);
    }

    public void Message(int field, WireWriter message)
    {
        Tag(field, WireType.Bytes);
        Varint((ulong)message.Length);
        foreach (ReadOnlyMemory<byte> part in message.Parts())
            Append(part);
    }

    /// <summary>Whole numbers one after the other behind one tag.</summary>
    public void Packed(int field, ReadOnlySpan<int> values)
    {
        if (values.IsEmpty)
            return;
        var packed = new WireWriter();
        foreach (int value in values)
            packed.Varint((ulong)(long)value);
        Message(field, packed);
    }

    public void WriteTo(Stream stream)
    {
        foreach (ReadOnlyMemory<byte> part in Parts())
            stream.Write(part.Span);
    }

    private List<ReadOnlyMemory<byte>> Parts()
    {
        Flush();
        return _parts;
    }

    private void Append(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < Large)
        {
            _buffer.Write(bytes.Span);
            return;
        }
        Flush();
        _parts.Add(bytes);
        _flushed += bytes.Length;
    }

    private void Flush()
    {
        if (_buffer.WrittenCount == 0)
            return;
        _parts.Add(_buffer.WrittenMemory);
        _flushed += _buffer.WrittenCount;
        _buffer = new ArrayBufferWriter<byte>();
    }

    private void Tag(int field, WireType type) => Varint((ulong)((field << 3) | (int)type));

    private void Varint(ulong value)
    {
        Span<byte> bytes = _buffer.GetSpan(10);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[count++] = (byte)(value | 0x80);
        bytes[count++] = (byte)value;
        _buffer.Advance(count);
    }
}
