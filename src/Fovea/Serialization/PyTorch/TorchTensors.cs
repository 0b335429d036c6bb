namespace Fovea.Serialization.PyTorch;

/// <summary>Makes tensors of what a pickle says of them, after checks that every element lies in what the file holds.</summary>
internal static class TorchTensors
{
    /// <summary>PyTorch's own limit.</summary>
    private const int MaxRank = 64;

    /// <summary>Whether a value of a pickle is a tensor, or would be one if its kind were read.</summary>
    public static bool IsTensor(object? value) => value is TorchTensor or TorchUnreadable or NumpyArray;

    /// <summary>The tensor of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What <see cref="IsTensor"/> is true of.</param>
    /// <param name="fileBytes">How long the file is: a tensor that repeats its elements must not become longer.</param>
    /// <exception cref="ModelFormatException">It is of a kind that is not read, or its elements are not there.</exception>
    public static StoredTensor Make(string name, object? value, int fileBytes) => value switch
    {
        TorchTensor tensor => Make(name, tensor, fileBytes),
        NumpyArray array => Make(name, array),
        TorchUnreadable unreadable => throw new ModelFormatException($"tensor {Printable.Quote(name)} is {unreadable.Kind}, and such are not read; right would be a plain one of floats"),
        _ => throw new InvalidOperationException($"{value} is no tensor"),
    };

    private static StoredTensor Make(string name, TorchTensor tensor, int fileBytes)
    {
        if (tensor.Type.Element is not { } type)
            throw new ModelFormatException($"tensor {Printable.Quote(name)} is of {tensor.Type.Name}, and such are not read; right would be floats");
        if (Sizes(tensor.Size) is not { } shape || Sizes(tensor.Strides) is not { } strides || strides.Length != shape.Length || tensor.Offset is not (long offset and >= 0))
            throw new ModelFormatException($"the file is damaged: tensor {Printable.Quote(name)} needs an offset, sizes and as many strides, all from 0 on");
        ReadOnlyMemory<byte> memory = tensor.Storage.Data ?? throw new InvalidOperationException("storages are found before tensors are made");
        if (shape.Contains(0))
            return new StoredTensor(name, type, shape, ReadOnlyMemory<byte>.Empty);
        int held = memory.Length / type.Size(), most = Math.Max(held, fileBytes / type.Size());
        // Checked at every dimension, so that nothing overflows.
        Int128 length = 1, last = offset;
        for (int i = -1; i < shape.Length; i++)
        {
            length *= i < 0 ? 1 : shape[i];
            last += i < 0 ? 0 : (Int128)(shape[i] - 1) * strides[i];
            if (last >= held)
                throw new ModelFormatException($"the file is damaged: tensor {Printable.Quote(name)} of shape {Text(shape)} reaches to element {last} of a storage of {held}");
            if (length > most)
                throw new ModelFormatException($"tensor {Printable.Quote(name)} of shape {Text(shape)} repeats {held} numbers more often than the file is long; right would be only those");
        }
        return new StoredTensor(name, type, shape, (int)length, new TensorView(memory, offset, strides, tensor.Storage.BigEndian));
    }

    private static StoredTensor Make(string name, NumpyArray array)
    {
        if (array is not { Type: { } numbers, Data: { } content } || Sizes(array.Size) is not { } shape)
            throw new ModelFormatException($"the file is damaged: array {Printable.Quote(name)} needs a type, sizes and data");
        if (TorchTypes.OfNumpy(numbers.Code) is not { } type)
            throw new ModelFormatException($"array {Printable.Quote(name)} is of NumPy's type {Printable.Quote(numbers.Code)}, and such are not read; right would be floats");
        ReadOnlyMemory<byte> memory = content switch
        {
            ReadOnlyMemory<byte> bytes => bytes,
            PickleEncodedBytes bytes => bytes.Bytes,
            _ => throw new ModelFormatException($"the file is damaged: array {Printable.Quote(name)} has no bytes"),
        };
        Int128 length = 1;
        foreach (long size in shape)
            if ((length *= size) > memory.Length)
                break;
        if (length * type.Size() != memory.Length)
            throw new ModelFormatException($"the file is damaged: array {Printable.Quote(name)} of shape {Text(shape)} has {memory.Length} bytes");
        return new StoredTensor(name, type, shape, (int)length, new TensorView(memory, 0, TensorView.DenseStrides(shape, array.ColumnMajor), numbers.BigEndian));
    }

    /// <summary>Whole numbers from 0 on; null if they are anything else, or more than dimensions can be.</summary>
    private static long[]? Sizes(object? value)
    {
        if (value is not PickleTuple { Items: var items } || items.Length > MaxRank)
            return null;
        var sizes = new long[items.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (items[i] is not (long size and >= 0))
                return null;
            sizes[i] = size;
        }
        return sizes;
    }

    private static string Text(long[] shape) => Printable.Shorten($"({string.Join(", ", shape)})", 100);
}
