namespace Fovea.Serialization;

/// <summary>What the elements of a tensor in a file are.</summary>
public enum ElementType
{
    /// <summary>A byte that is 0 or 1.</summary>
    Bool,

    /// <summary>8 bits, unsigned.</summary>
    U8,

    /// <summary>8 bits, signed.</summary>
    I8,

    /// <summary>8-bit floating point, 5 bits of exponent; kept as bytes.</summary>
    F8E5M2,

    /// <summary>8-bit floating point, 4 bits of exponent; kept as bytes.</summary>
    F8E4M3,

    /// <summary>16 bits, unsigned.</summary>
    U16,

    /// <summary>16 bits, signed.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of a 32-bit float.</summary>
    BF16,

    /// <summary>32 bits, unsigned.</summary>
    U32,

    /// <summary>32 bits, signed.</summary>
    I32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>64 bits, unsigned.</summary>
    U64,

    /// <summary>64 bits, signed.</summary>
    I64,

    /// <summary>IEEE double precision.</summary>
    F64,
}

/// <summary>The names and sizes of element types.</summary>
internal static class ElementTypes
{
    /// <summary>The type of this name in a header, or null.</summary>
    public static ElementType? Parse(string name) => name switch
    {
        "BOOL" => ElementType.Bool,
        "U8" => ElementType.U8,
        "I8" => ElementType.I8,
        "F8_E5M2" => ElementType.F8E5M2,
        "F8_E4M3" => ElementType.F8E4M3,
        "U16" => ElementType.U16,
        "I16" => ElementType.I16,
        "F16" => ElementType.F16,
        "BF16" => ElementType.BF16,
        "U32" => ElementType.U32,
        "I32" => ElementType.I32,
        "F32" => ElementType.F32,
        "U64" => ElementType.U64,
        "I64" => ElementType.I64,
        "F64" => ElementType.F64,
        _ => null,
    };

    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        <= ElementType.F8E4M3 => 1,
        <= ElementType.BF16 => 2,
        <= ElementType.F32 => 4,
        _ => 8,
    };
}
