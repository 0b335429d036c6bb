using System.Buffers.Binary;

namespace Fovea.Imaging;

/// <summary>Reads little-endian numbers and pieces of a file in order, and names the place where the file ends too early.</summary>
internal ref struct ByteReader(string format, ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> _file = file;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _file.Length - Position;

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(long count, string what)
    {
        if (count > Remaining)
            throw new ImageFormatException($"{format}: the file ends at byte {_file.Length}, inside the {what}, which takes {count} bytes from byte {Position}");
        ReadOnlySpan<byte> result = _file.Slice(Position, (int)count);
        Position += (int)count;
        return result;
    }

    public ushort UInt16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, what));

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public int Int32(string what) => BinaryPrimitives.ReadInt32LittleEndian(Take(4, what));
}
