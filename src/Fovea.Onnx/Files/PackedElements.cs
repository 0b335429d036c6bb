using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Files;

/// <summary>Elements of 4 and 2 bits: several share a byte in a file, the first in its lowest bits; in memory each has its own.</summary>
internal static class PackedElements
{
    /// <summary>How many bytes of a file so many elements take.</summary>
    public static int Bytes(OnnxElementType type, int count) => (int)((((long)count * type.PackedBits()) + 7) / 8);

    /// <summary>A byte for every element; signed ones keep their sign.</summary>
    public static byte[] Unpack(OnnxElementType type, ReadOnlySpan<byte> packed, int count)
    {
        int bits = type.PackedBits(), perByte = 8 / bits;
        bool signed = type is OnnxElementType.Int4 or OnnxElementType.Int2;
        var result = new byte[count];
        for (int i = 0; i < count; i++)
        {
            // Shifted to the top and back.
            byte top = (byte)(packed[i / perByte] << (8 - bits - (i % perByte * bits)));
            result[i] = signed ? (byte)((sbyte)top >> (8 - bits)) : (byte)(top >> (8 - bits));
        }
        return result;
    }

    /// <summary>The elements as a file holds them.</summary>
    public static byte[] Pack(OnnxElementType type, ReadOnlySpan<byte> elements)
    {
        int bits = type.PackedBits(), perByte = 8 / bits, mask = (1 << bits) - 1;
        var result = new byte[Bytes(type, elements.Length)];
        for (int i = 0; i < elements.Length; i++)
            result[i / perByte] |= (byte)((elements[i] & mask) << (i % perByte * bits));
        return result;
    }
}
