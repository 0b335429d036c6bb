using System.Text;

namespace Fovea.Serialization.PyTorch;

/// <summary>A tuple of a pickle. Beside these classes, values are null, bool, long, BigInteger, double, string and bytes.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public static PickleTuple Empty { get; } = new([]);

    public object?[] Items => items;
}

/// <summary>A list of a pickle.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A dictionary of a pickle: its entries under names, in order. Others, such as an optimiser's under numbers, are not kept.</summary>
internal sealed class PickleDict
{
    private static readonly Dictionary<string, object?> None = [];

    private Dictionary<string, object?>? _entries;

    public IReadOnlyDictionary<string, object?> Entries => _entries ?? None;

    /// <summary>Sets an entry; a later one of the same name takes an earlier one's place.</summary>
    public PickleDict Set(object? key, object? value)
    {
        if (key is string name)
            (_entries ??= [])[name] = value;
        return this;
    }
}

/// <summary>What a pickle says of something that no tensor needs: a set, a device, a number of NumPy's.</summary>
internal sealed class PickleOpaque
{
    public static PickleOpaque Instance { get; } = new();
}

/// <summary>Bytes that a pickle of protocol 2 writes as a text of which every character is a byte. Decoded when they are needed.</summary>
internal sealed class PickleEncodedBytes(string text)
{
    private ReadOnlyMemory<byte>? _bytes;

    public ReadOnlyMemory<byte> Bytes => _bytes ??= Encoding.Latin1.GetBytes(text);
}

/// <summary>A stretch of numbers that tensors look into. Its bytes may come after the pickle.</summary>
internal sealed class TorchStorage(TorchType type, long elements)
{
    /// <summary>What the elements are, unless the tensor says otherwise.</summary>
    public TorchType Type { get; } = type;

    /// <summary>How many elements there are.</summary>
    public long Elements { get; } = elements;

    /// <summary>The bytes; null until they are found.</summary>
    public ReadOnlyMemory<byte>? Data { get; set; }

    /// <summary>Whether the most significant byte of an element comes first.</summary>
    public bool BigEndian { get; set; }
}

/// <summary>A type of numbers of PyTorch's.</summary>
/// <param name="Name">As a dtype.</param>
/// <param name="Element">What the numbers are; null if they are none that is read.</param>
/// <param name="Size">Bytes of one in a storage.</param>
internal sealed record TorchType(string Name, ElementType? Element, int Size);

/// <summary>A tensor as the pickle describes it. Nothing of it is checked before it is asked for by name.</summary>
internal sealed record TorchTensor(TorchStorage Storage, object? Offset, object? Size, object? Strides, TorchType Type);

/// <summary>A tensor of a kind that is not read: quantised, sparse, without values.</summary>
internal sealed record TorchUnreadable(string Kind);

/// <summary>A type of NumPy's; what it is comes with the state.</summary>
internal sealed class NumpyType(string code)
{
    public string Code { get; } = code;

    public bool BigEndian { get; set; }
}

/// <summary>An array of NumPy's; what it holds comes with the state.</summary>
internal sealed class NumpyArray
{
    public NumpyType? Type { get; set; }

    public object? Size { get; set; }

    public bool ColumnMajor { get; set; }

    public object? Data { get; set; }
}
