namespace Fovea.Serialization.PyTorch;

/// <summary>The types of numbers as PyTorch and NumPy name them. Those without an element type here are read past, not read.</summary>
internal static class TorchTypes
{
    /// <summary>Bytes of which a tensor says itself what they are.</summary>
    private const string Untyped = "UntypedStorage";

    private static readonly (string Storage, string[] Numbers, ElementType? Element, int Size)[] Table =
    [
        ("FloatStorage", ["float32", "float"], ElementType.F32, 4),
        ("DoubleStorage", ["float64", "double"], ElementType.F64, 8),
        ("HalfStorage", ["float16", "half"], ElementType.F16, 2),
        ("BFloat16Storage", ["bfloat16"], ElementType.BF16, 2),
        ("LongStorage", ["int64", "long"], ElementType.I64, 8),
        ("IntStorage", ["int32", "int"], ElementType.I32, 4),
        ("ShortStorage", ["int16", "short"], ElementType.I16, 2),
        ("CharStorage", ["int8"], ElementType.I8, 1),
        ("ByteStorage", ["uint8"], ElementType.U8, 1),
        ("BoolStorage", ["bool"], ElementType.Bool, 1),
        ("ComplexFloatStorage", ["complex64", "cfloat"], null, 8),
        ("ComplexDoubleStorage", ["complex128", "cdouble"], null, 16),
        ("QInt8Storage", ["qint8"], null, 1),
        ("QInt32Storage", ["qint32"], null, 4),
        ("QUInt8Storage", ["quint8"], null, 1),
        ("QUInt4x2Storage", ["quint4x2"], null, 1),
        ("QUInt2x4Storage", ["quint2x4"], null, 1),
    ];

    private static readonly (string Number, ElementType? Element)[] Newer =
    [
        ("uint16", ElementType.U16), ("uint32", ElementType.U32), ("uint64", ElementType.U64),
        ("float8_e5m2", ElementType.F8E5M2), ("float8_e4m3fn", ElementType.F8E4M3),
        ("float8_e5m2fnuz", null), ("float8_e4m3fnuz", null), ("complex32", null),
    ];

    /// <summary>The classes of storages, of the processor's memory and of CUDA's.</summary>
    public static IEnumerable<PickleGlobal> Storages()
    {
        foreach ((string storage, string[] numbers, ElementType? element, int size) in Table)
            foreach (string module in (string[])["torch", "torch.cuda"])
                yield return new PickleGlobal($"{module}.{storage}", make: null, new TorchType(numbers[0], element, size));
        foreach (string name in (string[])[$"torch.storage.{Untyped}", $"torch.{Untyped}", $"torch.cuda.{Untyped}", "torch.storage._UntypedStorage"])
            yield return new PickleGlobal(name, make: null, new TorchType("uint8", ElementType.U8, sizeof(byte)));
    }

    /// <summary>The dtypes.</summary>
    public static IEnumerable<PickleGlobal> Numbers()
    {
        foreach ((_, string[] numbers, ElementType? element, int size) in Table)
            foreach (string number in numbers)
                yield return new PickleGlobal($"torch.{number}", make: null, new TorchType(numbers[0], element, size));
        foreach ((string number, ElementType? element) in Newer)
            yield return new PickleGlobal($"torch.{number}", make: null, new TorchType(number, element, element?.Size() ?? 0));
    }

    /// <summary>The element type of NumPy's code, such as <c>f4</c>; null for others.</summary>
    public static ElementType? OfNumpy(string code) => code switch
    {
        "b1" or "?" => ElementType.Bool,
        "u1" => ElementType.U8,
        "i1" => ElementType.I8,
        "u2" => ElementType.U16,
        "i2" => ElementType.I16,
        "f2" => ElementType.F16,
        "u4" => ElementType.U32,
        "i4" => ElementType.I32,
        "f4" => ElementType.F32,
        "u8" => ElementType.U64,
        "i8" => ElementType.I64,
        "f8" => ElementType.F64,
        _ => null,
    };
}
