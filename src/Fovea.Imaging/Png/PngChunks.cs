using System.Buffers.Binary;
using System.Text;

namespace Fovea.Imaging.Png;

/// <summary>Walks through the chunks of a PNG file and checks the sum of each.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    public const uint Ihdr = 0x49484452, Plte = 0x504C5445, Idat = 0x49444154, Iend = 0x49454E44, Trns = 0x74524E53;

    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = Signature.Length;

    /// <summary>The eight bytes every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The chunk's four letters as a big-endian number.</summary>
    public uint Type { get; private set; }

    /// <summary>The chunk's content.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>The chunk's letters, for messages.</summary>
    public readonly string Name => NameOf(Type);

    /// <summary>Whether a reader that does not know the chunk may pass over it (the first letter is small).</summary>
    public readonly bool IsAncillary => (Type & 0x20000000) != 0;

    /// <summary>Goes to the next chunk.</summary>
    /// <exception cref="ImageFormatException">The file ends before the chunk does, or its check sum is wrong.</exception>
    public void Next()
    {
        if (_file.Length - _position < 12)
            throw new ImageFormatException($"PNG: the file ends at byte {_file.Length}, before its IEND chunk");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_file[_position..]);
        ReadOnlySpan<byte> type = _file.Slice(_position + 4, 4);
        Type = BinaryPrimitives.ReadUInt32BigEndian(type);
        foreach (byte letter in type)
            if (!char.IsAsciiLetter((char)letter))
                throw new ImageFormatException($"PNG: there is no chunk at byte {_position}; its name has the bytes {Convert.ToHexString(type)}");
        if (length > _file.Length - _position - 12)
            throw new ImageFormatException($"PNG: the file ends at byte {_file.Length}, inside the {Name} chunk of {length} bytes at byte {_position}");
        Data = _file.Slice(_position + 8, (int)length);
        uint stated = BinaryPrimitives.ReadUInt32BigEndian(_file[(_position + 8 + (int)length)..]);
        uint actual = Crc32.Compute(type, Data);
        if (stated != actual)
            throw new ImageFormatException($"PNG: the check sum of the {Name} chunk at byte {_position} is {stated:X8}, its content gives {actual:X8}");
        _position += 12 + (int)length;
    }

    private static string NameOf(uint type)
    {
        Span<byte> letters = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(letters, type);
        return Encoding.ASCII.GetString(letters);
    }
}
