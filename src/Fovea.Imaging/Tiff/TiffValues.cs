using System.Buffers.Binary;

namespace Fovea.Imaging.Tiff;

/// <summary>The values of one field, read from the file as they are asked for.</summary>
internal readonly ref struct TiffValues(ReadOnlySpan<byte> data, int type, bool little)
{
    private const int Byte = 1, Ascii = 2, Short = 3, Long = 4, Rational = 5, SignedByte = 6, Undefined = 7;
    private const int SignedShort = 8, SignedLong = 9, SignedRational = 10, Float = 11, Double = 12, Directory = 13, Long8 = 16, SignedLong8 = 17, Directory8 = 18;

    private readonly ReadOnlySpan<byte> _data = data;

    public ReadOnlySpan<byte> Bytes => _data;

    public int Count => _data.Length / SizeOf(type);

    /// <summary>A whole number; −1 if the field has others.</summary>
    public long this[int i]
    {
        get
        {
            ReadOnlySpan<byte> value = _data[(i * SizeOf(type))..];
            return type switch
            {
                Byte or Undefined => value[0],
                Short => UInt16(value, little),
                Long or Directory => UInt32(value, little),
                SignedByte => (sbyte)value[0],
                SignedShort => (short)UInt16(value, little),
                SignedLong => (int)UInt32(value, little),
                Long8 or SignedLong8 or Directory8 => (long)UInt64(value, little),
                _ => -1,
            };
        }
    }

    /// <summary>A number that need not be whole; NaN for a fraction of nothing.</summary>
    public float Real(int i)
    {
        ReadOnlySpan<byte> value = _data[(i * SizeOf(type))..];
        return type switch
        {
            Rational => (float)((double)UInt32(value, little) / UInt32(value[4..], little)),
            SignedRational => (float)((double)(int)UInt32(value, little) / (int)UInt32(value[4..], little)),
            Float => BitConverter.UInt32BitsToSingle(UInt32(value, little)),
            Double => (float)BitConverter.UInt64BitsToDouble(UInt64(value, little)),
            _ => this[i],
        };
    }

    /// <summary>Bytes of a value; 0 for a type that is not known.</summary>
    public static int SizeOf(int type) => type switch
    {
        Byte or Ascii or SignedByte or Undefined => 1,
        Short or SignedShort => 2,
        Long or SignedLong or Float or Directory => 4,
        Rational or SignedRational or Double or Long8 or SignedLong8 or Directory8 => 8,
        _ => 0,
    };

    public static ushort UInt16(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

    public static uint UInt32(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);

    public static ulong UInt64(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt64LittleEndian(data) : BinaryPrimitives.ReadUInt64BigEndian(data);
}
