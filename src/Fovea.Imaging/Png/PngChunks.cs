using System.Buffers.Binary;
using System.Text;

namespace Fovea.Imaging.Png;

/// <summary>Walks through the chunks of a PNG file and checks the sum of each.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    public const uint Ihdr = 0x49484452, Plte = 0x504C5445, Idat = 0x49444154, Iend = 0x49454E44, Trns = 0x74524E53, Exif = 0x65584966;

    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = Signature.Length;
    private string _fault = "";
    private uint _statedSum, _actualSum;

    /// <summary>The eight bytes every PNG file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The chunk's four letters as a big-endian number; 0 if it has none.</summary>
    public uint Type { get; private set; }

    /// <summary>The chunk's content.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Where the content lies in the file.</summary>
    public Range Place { get; private set; }

    /// <summary>What is wrong if <see cref="Next"/> or <see cref="HasRightSum"/> said no, in a line.</summary>
    public readonly string Fault => _fault.Length > 0 ? _fault
        : $"PNG: the check sum of the {Name} chunk at byte {Place.Start.Value - 8} is {_statedSum:X8}, its content gives {_actualSum:X8}";

    /// <summary>The chunk's letters, for messages.</summary>
    public readonly string Name => NameOf(Type);

    /// <summary>Whether a reader that does not know the chunk may pass over it (the first letter is small).</summary>
    public readonly bool IsAncillary => (Type & 0x20000000) != 0;

    /// <summary>Whether the chunk's check sum is that of its content.</summary>
    public readonly bool HasRightSum => _statedSum == _actualSum;

    /// <summary>Goes to the next chunk. False where the file ends before the chunk does, or has something else there.</summary>
    public bool Next()
    {
        Type = 0;
        if (_file.Length - _position < 12)
            return Fail($"PNG: the file ends at byte {_file.Length}, before its IEND chunk");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_file[_position..]);
        ReadOnlySpan<byte> type = _file.Slice(_position + 4, 4);
        foreach (byte letter in type)
            if (!char.IsAsciiLetter((char)letter))
                return Fail($"PNG: there is no chunk at byte {_position}; its name has the bytes {Convert.ToHexString(type)}");
        Type = BinaryPrimitives.ReadUInt32BigEndian(type);
        if (length > _file.Length - _position - 12)
            return Fail($"PNG: the file ends at byte {_file.Length}, inside the {Name} chunk of {length} bytes at byte {_position}");
        int begin = _position + 8, end = begin + (int)length;
        Place = begin..end;
        Data = _file[begin..end];
        (_statedSum, _actualSum) = (BinaryPrimitives.ReadUInt32BigEndian(_file[end..]), Crc32.Compute(type, Data));
        _position = end + 4;
        return true;
    }

    private bool Fail(string fault)
    {
        _fault = fault;
        return false;
    }

    private static string NameOf(uint type)
    {
        Span<byte> letters = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(letters, type);
        return Encoding.ASCII.GetString(letters);
    }
}
