using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Operators.Calls;

/// <summary>What a kind of numbers is asked to do, once for every type of them.</summary>
internal interface INumberWork<TResult>
{
    /// <summary>Does it for elements of this type.</summary>
    TResult Run<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>Element types as types of C#, and conversions between them.</summary>
internal static class Elements
{
    public static bool IsFloat(this OnnxElementType type) =>
        type is OnnxElementType.Float or OnnxElementType.Double or OnnxElementType.Float16 or OnnxElementType.BFloat16;

    public static bool IsInteger(this OnnxElementType type) => type.IsSigned() || type.IsUnsigned();

    public static bool IsSigned(this OnnxElementType type) =>
        type is OnnxElementType.Int8 or OnnxElementType.Int16 or OnnxElementType.Int32 or OnnxElementType.Int64;

    public static bool IsUnsigned(this OnnxElementType type) =>
        type is OnnxElementType.UInt8 or OnnxElementType.UInt16 or OnnxElementType.UInt32 or OnnxElementType.UInt64;

    /// <summary>
    /// Runs generic work for a type of numbers. Of bfloat16, which C# lacks, a caller makes floats first
    /// (<see cref="Widened"/>).
    /// </summary>
    public static TResult Run<TWork, TResult>(OperatorCall call, OnnxElementType type, TWork work)
        where TWork : struct, INumberWork<TResult> => type switch
        {
            OnnxElementType.Float => work.Run<float>(),
            OnnxElementType.Double => work.Run<double>(),
            OnnxElementType.Float16 => work.Run<Half>(),
            OnnxElementType.Int8 => work.Run<sbyte>(),
            OnnxElementType.Int16 => work.Run<short>(),
            OnnxElementType.Int32 => work.Run<int>(),
            OnnxElementType.Int64 => work.Run<long>(),
            OnnxElementType.UInt8 => work.Run<byte>(),
            OnnxElementType.UInt16 => work.Run<ushort>(),
            OnnxElementType.UInt32 => work.Run<uint>(),
            OnnxElementType.UInt64 => work.Run<ulong>(),
            _ => throw call.Error($"it does not take {type}"),
        };

    /// <summary>bfloat16 as float; others as they are.</summary>
    public static OnnxTensor Widened(OnnxTensor tensor) =>
        tensor.ElementType == OnnxElementType.BFloat16 ? FromDoubles(OnnxElementType.Float, tensor.Dimensions, ToDoubles(tensor)) : tensor;

    /// <summary>Floats rounded back to bfloat16 if that is what they came from.</summary>
    public static OnnxTensor Narrowed(OnnxTensor tensor, OnnxElementType type) =>
        type == OnnxElementType.BFloat16 && tensor.ElementType == OnnxElementType.Float ? FromDoubles(type, tensor.Dimensions, ToDoubles(tensor)) : tensor;

    /// <summary>The elements as doubles: exact, but for 64-bit integers beyond 2⁵³.</summary>
    public static double[] ToDoubles(OnnxTensor tensor)
    {
        var result = new double[tensor.Count];
        switch (tensor.ElementType)
        {
            case OnnxElementType.Float: TensorPrimitives.ConvertTruncating(tensor.Values<float>(), result.AsSpan()); break;
            case OnnxElementType.Double: tensor.Values<double>().CopyTo(result); break;
            case OnnxElementType.Float16: TensorPrimitives.ConvertTruncating(tensor.Values<Half>(), result.AsSpan()); break;
            case OnnxElementType.BFloat16:
                ReadOnlySpan<ushort> halves = tensor.Values<ushort>();
                for (int i = 0; i < result.Length; i++)
                    result[i] = BFloat16.ToSingle(halves[i]);
                break;
            case OnnxElementType.Bool or OnnxElementType.UInt8: TensorPrimitives.ConvertTruncating(tensor.Values<byte>(), result.AsSpan()); break;
            case OnnxElementType.Int8: TensorPrimitives.ConvertTruncating(tensor.Values<sbyte>(), result.AsSpan()); break;
            case OnnxElementType.Int16: TensorPrimitives.ConvertTruncating(tensor.Values<short>(), result.AsSpan()); break;
            case OnnxElementType.UInt16: TensorPrimitives.ConvertTruncating(tensor.Values<ushort>(), result.AsSpan()); break;
            case OnnxElementType.Int32: TensorPrimitives.ConvertTruncating(tensor.Values<int>(), result.AsSpan()); break;
            case OnnxElementType.UInt32: TensorPrimitives.ConvertTruncating(tensor.Values<uint>(), result.AsSpan()); break;
            case OnnxElementType.Int64: TensorPrimitives.ConvertTruncating(tensor.Values<long>(), result.AsSpan()); break;
            case OnnxElementType.UInt64: TensorPrimitives.ConvertTruncating(tensor.Values<ulong>(), result.AsSpan()); break;
            default: throw new ArgumentException($"{tensor.ElementType} is no number", nameof(tensor));
        }
        return result;
    }

    /// <summary>The elements as int64; uint64 wraps round, which sums and products undo.</summary>
    public static long[] ToLongs(OnnxTensor tensor)
    {
        var result = new long[tensor.Count];
        switch (tensor.ElementType)
        {
            case OnnxElementType.Bool or OnnxElementType.UInt8: TensorPrimitives.ConvertTruncating(tensor.Values<byte>(), result.AsSpan()); break;
            case OnnxElementType.Int8: TensorPrimitives.ConvertTruncating(tensor.Values<sbyte>(), result.AsSpan()); break;
            case OnnxElementType.Int16: TensorPrimitives.ConvertTruncating(tensor.Values<short>(), result.AsSpan()); break;
            case OnnxElementType.UInt16: TensorPrimitives.ConvertTruncating(tensor.Values<ushort>(), result.AsSpan()); break;
            case OnnxElementType.Int32: TensorPrimitives.ConvertTruncating(tensor.Values<int>(), result.AsSpan()); break;
            case OnnxElementType.UInt32: TensorPrimitives.ConvertTruncating(tensor.Values<uint>(), result.AsSpan()); break;
            case OnnxElementType.Int64 or OnnxElementType.UInt64: tensor.Values<long>().CopyTo(result); break;
            default: throw new ArgumentException($"{tensor.ElementType} is no integer", nameof(tensor));
        }
        return result;
    }

    /// <summary>Doubles rounded to a type of numbers; to integers they saturate.</summary>
    public static OnnxTensor FromDoubles(OnnxElementType type, ReadOnlySpan<int> sizes, ReadOnlySpan<double> values)
    {
        var bytes = new byte[checked(values.Length * type.Size())];
        Span<T> As<T>()
            where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        switch (type)
        {
            case OnnxElementType.Float: TensorPrimitives.ConvertTruncating(values, As<float>()); break;
            case OnnxElementType.Double: values.CopyTo(As<double>()); break;
            case OnnxElementType.Float16: TensorPrimitives.ConvertTruncating(values, As<Half>()); break;
            case OnnxElementType.BFloat16:
                Span<ushort> halves = As<ushort>();
                for (int i = 0; i < values.Length; i++)
                    halves[i] = BFloat16.FromSingle((float)values[i]);
                break;
            case OnnxElementType.UInt8: TensorPrimitives.ConvertSaturating(values, As<byte>()); break;
            case OnnxElementType.Int8: TensorPrimitives.ConvertSaturating(values, As<sbyte>()); break;
            case OnnxElementType.Int16: TensorPrimitives.ConvertSaturating(values, As<short>()); break;
            case OnnxElementType.UInt16: TensorPrimitives.ConvertSaturating(values, As<ushort>()); break;
            case OnnxElementType.Int32: TensorPrimitives.ConvertSaturating(values, As<int>()); break;
            case OnnxElementType.UInt32: TensorPrimitives.ConvertSaturating(values, As<uint>()); break;
            case OnnxElementType.Int64: TensorPrimitives.ConvertSaturating(values, As<long>()); break;
            case OnnxElementType.UInt64: TensorPrimitives.ConvertSaturating(values, As<ulong>()); break;
            default: throw new ArgumentException($"{type} is no number", nameof(type));
        }
        return new OnnxTensor(type, sizes, bytes);
    }

    /// <summary>int64 cut to a type of integers: the lowest bits.</summary>
    public static OnnxTensor FromLongs(OnnxElementType type, ReadOnlySpan<int> sizes, ReadOnlySpan<long> values)
    {
        int size = type.Size();
        var bytes = new byte[checked(values.Length * size)];
        ReadOnlySpan<byte> source = MemoryMarshal.AsBytes(values);
        for (int i = 0; i < values.Length; i++)
            source.Slice(i * sizeof(long), size).CopyTo(bytes.AsSpan(i * size));
        return new OnnxTensor(type, sizes, bytes);
    }
}
