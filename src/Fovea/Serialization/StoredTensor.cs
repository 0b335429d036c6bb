using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Fovea.Serialization;

/// <summary>One tensor of a file: a view of the file's bytes, converted when asked for.</summary>
public sealed class StoredTensor
{
    private readonly long[] _shape;
    private readonly TensorView? _view;
    private readonly ReadOnlyMemory<byte> _data;

    /// <summary>A tensor whose elements lie in the file as they are wanted.</summary>
    internal StoredTensor(string name, ElementType type, long[] shape, ReadOnlyMemory<byte> data)
    {
        Name = name;
        Type = type;
        _shape = shape;
        _data = data;
        Length = data.Length / type.Size();
    }

    /// <summary>A tensor whose elements lie in any order, which was checked.</summary>
    internal StoredTensor(string name, ElementType type, long[] shape, int length, TensorView view)
    {
        Name = name;
        Type = type;
        Length = length;
        _shape = shape;
        _view = view;
    }

    /// <summary>The name, such as <c>conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What the elements are.</summary>
    public ElementType Type { get; }

    /// <summary>The sizes of the dimensions, outermost first; empty for a scalar. A size may be 0.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The elements, row-major, little-endian: the file's own bytes, or a copy where the file has them in another order.</summary>
    public ReadOnlyMemory<byte> Data => _view?.ToDense(_shape, Length, Type.Size()) ?? _data;

    /// <summary>How many elements there are.</summary>
    public int Length { get; }

    /// <summary>The shape as PyTorch prints it: <c>(6, 1, 5, 5)</c>.</summary>
    internal string ShapeText => $"({string.Join(", ", _shape)})";

    /// <summary>The same elements under another shape of as many.</summary>
    internal StoredTensor Reshape(params long[] shape) => new(Name, Type, shape, Data);

    /// <summary>The same tensor under another name.</summary>
    internal StoredTensor Named(string name) => new(name, Type, _shape, Data);

    /// <summary>Whether the tensor has this shape.</summary>
    internal bool HasShape(Tensors.Shape shape)
    {
        if (shape.Rank != _shape.Length)
            return false;
        for (int i = 0; i < _shape.Length; i++)
            if (_shape[i] != shape[i])
                return false;
        return true;
    }

    /// <summary>The elements as floats; F32 bit by bit, NaN included.</summary>
    /// <exception cref="ModelFormatException">The elements are not F32, F64, F16 or BF16.</exception>
    public float[] ToFloats()
    {
        RequireFloating();
        var floats = new float[Length];
        CopyTo(floats);
        return floats;
    }

    /// <summary>Writes the elements as floats; F32 bit by bit, NaN included.</summary>
    /// <param name="destination">Receives the elements, row-major: (<see cref="Length"/>).</param>
    /// <exception cref="ModelFormatException">The elements are not F32, F64, F16 or BF16.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyTo(Span<float> destination)
    {
        RequireFloating();
        if (destination.Length != Length)
            throw new ArgumentException($"tensor {Printable.Quote(Name)} has {Length} elements, the destination {destination.Length}", nameof(destination));
        ReadOnlySpan<byte> data = Data.Span;
        switch (Type)
        {
            case ElementType.F32:
                data.CopyTo(MemoryMarshal.AsBytes(destination));
                if (!BitConverter.IsLittleEndian)
                {
                    Span<int> bits = MemoryMarshal.Cast<float, int>(destination);
                    BinaryPrimitives.ReverseEndianness(bits, bits);
                }
                break;
            case ElementType.F16 when BitConverter.IsLittleEndian:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(data), destination);
                break;
            case ElementType.F16:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]);
                break;
            case ElementType.BF16:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]) << 16);
                break;
            default:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]);
                break;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type} {ShapeText}";

    private void RequireFloating()
    {
        if (Type is not (ElementType.F32 or ElementType.F64 or ElementType.F16 or ElementType.BF16))
            throw new ModelFormatException($"tensor {Printable.Quote(Name)} must be of F32, F64, F16 or BF16 to be read as floats, got {Type}");
    }
}
