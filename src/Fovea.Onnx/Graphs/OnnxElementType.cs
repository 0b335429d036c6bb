namespace Fovea.Onnx.Graphs;

/// <summary>The type of a tensor's elements, numbered as in <c>TensorProto.DataType</c>.</summary>
internal enum OnnxElementType
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
    Float8E4M3FN = 17,
    Float8E4M3FNUZ = 18,
    Float8E5M2 = 19,
    Float8E5M2FNUZ = 20,
    UInt4 = 21,
    Int4 = 22,
    Float4E2M1 = 23,
    Float8E8M0 = 24,
    UInt2 = 25,
    Int2 = 26,
}

/// <summary>What is to be known of element types.</summary>
internal static class OnnxElementTypes
{
    /// <summary>Bytes of one element in memory, where one of less than a byte has a byte of its own; 0 for strings and unknown types.</summary>
    public static int Size(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt8 or OnnxElementType.Int8 or OnnxElementType.Bool => 1,
        OnnxElementType.UInt16 or OnnxElementType.Int16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => 2,
        OnnxElementType.Float or OnnxElementType.Int32 or OnnxElementType.UInt32 => 4,
        OnnxElementType.Double or OnnxElementType.Int64 or OnnxElementType.UInt64 or OnnxElementType.Complex64 => 8,
        OnnxElementType.Complex128 => 16,
        >= OnnxElementType.Float8E4M3FN and <= OnnxElementType.Int2 => 1,
        _ => 0,
    };

    /// <summary>Bits of one element in a file's raw data, where several share a byte, the first in the lowest bits; 0 if none do.</summary>
    public static int PackedBits(this OnnxElementType type) => type switch
    {
        OnnxElementType.UInt4 or OnnxElementType.Int4 or OnnxElementType.Float4E2M1 => 4,
        OnnxElementType.UInt2 or OnnxElementType.Int2 => 2,
        _ => 0,
    };
}
