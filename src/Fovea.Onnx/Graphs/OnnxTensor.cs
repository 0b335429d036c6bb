using System.Runtime.InteropServices;

namespace Fovea.Onnx.Graphs;

/// <summary>
/// A tensor of a file or of constant folding: elements of one type, row-major, little-endian, in one piece of memory that
/// may be a view of the file itself. Immutable.
/// </summary>
internal sealed class OnnxTensor
{
    private readonly int[] _dimensions;

    /// <summary>A tensor over existing memory.</summary>
    /// <param name="elementType">The type of the elements; not strings.</param>
    /// <param name="dimensions">Sizes, none negative; empty for a scalar.</param>
    /// <param name="bytes">The elements.</param>
    /// <param name="name">Its name in the graph, if it has one.</param>
    /// <exception cref="ArgumentException">The memory does not hold just these elements.</exception>
    public OnnxTensor(OnnxElementType elementType, ReadOnlySpan<int> dimensions, ReadOnlyMemory<byte> bytes, string name = "")
        : this(elementType, dimensions, name)
    {
        if (elementType.Size() == 0 || bytes.Length != (long)Count * elementType.Size())
            throw new ArgumentException($"a tensor of {Count} elements of {elementType} does not lie in {bytes.Length} bytes", nameof(bytes));
        Bytes = bytes;
    }

    /// <summary>A tensor of strings.</summary>
    public OnnxTensor(ReadOnlySpan<int> dimensions, string[] strings, string name = "")
        : this(OnnxElementType.String, dimensions, name)
    {
        if (strings.Length != Count)
            throw new ArgumentException($"a tensor of {Count} strings got {strings.Length}", nameof(strings));
        Strings = strings;
    }

    private OnnxTensor(OnnxElementType elementType, ReadOnlySpan<int> dimensions, string name)
    {
        ElementType = elementType;
        _dimensions = dimensions.ToArray();
        Name = name;
        long count = 1;
        foreach (int size in dimensions)
            count = checked(count * size);
        Count = checked((int)count);
    }

    /// <summary>Its name in the graph; empty if it has none.</summary>
    public string Name { get; }

    /// <summary>The type of the elements.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public ReadOnlySpan<int> Dimensions => _dimensions;

    /// <summary>How many dimensions there are.</summary>
    public int Rank => _dimensions.Length;

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>The elements as they lie in memory; empty for strings.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The elements of a tensor of strings; empty for others.</summary>
    public IReadOnlyList<string> Strings { get; } = [];

    /// <summary>The elements, whose type must have the size of <see cref="ElementType"/>: float for Float, long for Int64, Half for Float16, ushort for BFloat16.</summary>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged =>
        System.Runtime.CompilerServices.Unsafe.SizeOf<T>() == ElementType.Size()
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new InvalidOperationException($"elements of {ElementType} were read as {typeof(T).Name}");
}
