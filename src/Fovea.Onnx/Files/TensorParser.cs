using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>
/// Reads <c>TensorProto</c>. Bytes that lie in the file as they lie in memory stay there, and the tensor is a view of them;
/// numbers that are stored with varying lengths are converted.
/// </summary>
/// <param name="external">Where tensors lie that are not in the file itself.</param>
internal sealed class TensorParser(ExternalFiles external)
{
    private const int FloatData = 4, Int32Data = 5, StringData = 6, Int64Data = 7, RawData = 9, DoubleData = 10, UInt64Data = 11;
    private const int MaxRank = 64;

    /// <exception cref="ModelFormatException">It is no sound tensor, or of a kind that is not read.</exception>
    public OnnxTensor Parse(WireReader message)
    {
        WireReader again = message.Again();
        var sizes = new List<long>();
        var place = new Dictionary<string, string>();
        string name = "";
        int type = 0, location = 0;
        WireReader.Range? raw = null;
        while (message.Next())
            switch (message.Field)
            {
                case 1:
                    message.Int64s(sizes);
                    break;
                case 2:
                    type = message.Int32();
                    break;
                case 3:
                    throw new ModelFormatException($"tensor {Printable.Quote(name)} is a segment of a larger one, which is not supported; whole tensors are read");
                case 8:
                    name = message.Text();
                    break;
                case RawData:
                    raw = message.Bytes();
                    break;
                case 13:
                    (string key, string value) = MessageParser.Entry(message.Message());
                    place[key] = value;
                    break;
                case 14:
                    location = message.Int32();
                    break;
                default:
                    message.Skip();
                    break;
            }
        string label = $"tensor {Printable.Quote(name)}";
        OnnxElementType element = Known(type, label);
        int[] dimensions = Dimensions(sizes, label);
        int count = Count(dimensions, label);
        if (element == OnnxElementType.String)
            return new OnnxTensor(dimensions, Strings(again, count, label), name);
        long bytes = (long)count * element.Size();
        if (bytes > Array.MaxLength)
            throw new ModelFormatException($"{label} of shape ({Shape(dimensions)}) takes {bytes} bytes; tensors of up to {Array.MaxLength} are read");
        return new OnnxTensor(element, dimensions, location switch
        {
            0 when element.PackedBits() > 0 && count > 0 => Packed(again, raw, element, count, label),
            0 when raw is { Length: > 0 } range => Raw(message.File, range, bytes, dimensions, element, label),
            0 when count == 0 => ReadOnlyMemory<byte>.Empty,
            0 => Typed(again, element, count, label),
            1 when element.PackedBits() > 0 => PackedElements.Unpack(element, external.Find(place, PackedElements.Bytes(element, count), label).Span, count),
            1 => external.Find(place, (int)bytes, label),
            _ => throw new ModelFormatException($"{label} lies at data location {location}; 0 (in the file) and 1 (in a file beside it) are known"),
        }, name);
    }

    private static OnnxElementType Known(int type, string label)
    {
        var element = (OnnxElementType)type;
        return element == OnnxElementType.String || element.Size() > 0
            ? element
            : throw new ModelFormatException($"{label} is of element type {type}, which is not supported; types 1 to 26 are");
    }

    private static int[] Dimensions(List<long> sizes, string label)
    {
        if (sizes.Count > MaxRank)
            throw new ModelFormatException($"{label} has {sizes.Count} dimensions; up to {MaxRank} are read");
        foreach (long size in sizes)
            if (size is < 0 or > int.MaxValue)
                throw new ModelFormatException($"{label} has a dimension of {size}; sizes from 0 to {int.MaxValue} are right");
        return [.. sizes.Select(size => (int)size)];
    }

    private static int Count(int[] dimensions, string label)
    {
        long count = 1;
        foreach (int size in dimensions)
            if ((count *= size) > int.MaxValue)
                throw new ModelFormatException($"{label} of shape ({Shape(dimensions)}) has more than {int.MaxValue} elements, the most a tensor may have");
        return (int)count;
    }

    private static string Shape(int[] dimensions) => string.Join(", ", dimensions);

    private static ReadOnlyMemory<byte> Raw(FileBytes file, WireReader.Range range, long bytes, int[] dimensions, OnnxElementType element, string label) =>
        range.Length == bytes
            ? file.View(range.Offset, (int)bytes)
            : throw new ModelFormatException($"{label} of shape ({Shape(dimensions)}) and type {element} takes {bytes} bytes, but {range.Length} are given");

    private static ReadOnlyMemory<byte> Packed(WireReader message, WireReader.Range? raw, OnnxElementType element, int count, string label)
    {
        int bytes = PackedElements.Bytes(element, count);
        ReadOnlyMemory<byte> packed = raw is { Length: > 0 } range
            ? Raw(message.File, range, bytes, [count], element, label)
            : Typed(message, OnnxElementType.UInt8, bytes, label);
        return PackedElements.Unpack(element, packed.Span, count);
    }

    /// <summary>Numbers in the field that is meant for their type.</summary>
    private static ReadOnlyMemory<byte> Typed(WireReader message, OnnxElementType element, int count, string label)
    {
        int size = element.Size();
        switch (element)
        {
            case OnnxElementType.Float or OnnxElementType.Complex64:
                return Fixed(message, FloatData, sizeof(float), count * size, label);
            case OnnxElementType.Double or OnnxElementType.Complex128:
                return Fixed(message, DoubleData, sizeof(double), count * size, label);
        }
        int field = element switch
        {
            OnnxElementType.Int64 => Int64Data,
            OnnxElementType.UInt32 or OnnxElementType.UInt64 => UInt64Data,
            _ => Int32Data,
        };
        RequireRoom(message, count, 1, label);
        var values = new List<long>(count);
        while (message.Next())
            if (message.Field == field)
                message.Int64s(values);
            else
                message.Skip();
        if (values.Count != count)
            throw new ModelFormatException($"{label} has {count} elements, but {values.Count} are given");
        var bytes = new byte[count * size];
        for (int i = 0; i < count; i++)
            Write(bytes.AsSpan(i * size, size), values[i], element, label);
        return bytes;
    }

    private static void Write(Span<byte> bytes, long value, OnnxElementType element, string label)
    {
        bool fits = element switch
        {
            OnnxElementType.Int8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
            OnnxElementType.UInt8 or >= OnnxElementType.Float8E4M3FN => value is >= 0 and <= byte.MaxValue,
            OnnxElementType.Bool => value is 0 or 1,
            OnnxElementType.Int16 => value is >= short.MinValue and <= short.MaxValue,
            OnnxElementType.UInt16 or OnnxElementType.Float16 or OnnxElementType.BFloat16 => value is >= 0 and <= ushort.MaxValue,
            OnnxElementType.Int32 => value is >= int.MinValue and <= int.MaxValue,
            OnnxElementType.UInt32 => value is >= 0 and <= uint.MaxValue,
            _ => true,
        };
        if (!fits)
            throw new ModelFormatException($"{label} holds {value}, which is no {element}");
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(value >> (8 * i));
    }

    /// <summary>Numbers of fixed size are a view where they lie in one piece.</summary>
    private static ReadOnlyMemory<byte> Fixed(WireReader message, int field, int size, int bytes, string label)
    {
        var ranges = new List<WireReader.Range>();
        long total = 0;
        while (message.Next())
            if (message.Field == field)
            {
                ranges.Add(message.Fixed(size));
                total += ranges[^1].Length;
            }
            else
                message.Skip();
        if (total != bytes)
            throw new ModelFormatException($"{label} takes {bytes} bytes, but {total} are given");
        if (ranges.Count == 1)
            return message.File.View(ranges[0].Offset, bytes);
        var joined = new byte[bytes];
        int filled = 0;
        foreach (WireReader.Range range in ranges)
        {
            message.File.Span(range.Offset, range.Short).CopyTo(joined.AsSpan(filled));
            filled += range.Short;
        }
        return joined;
    }

    private static void RequireRoom(WireReader message, long count, int bytes, string label)
    {
        if (count * bytes > message.Length)
            throw new ModelFormatException($"{label} is said to have {count} values, but the file gives it only {message.Length} bytes");
    }

    private static string[] Strings(WireReader message, int count, string label)
    {
        RequireRoom(message, count, 2, label);
        var strings = new List<string>(count);
        while (message.Next())
            if (message.Field == StringData)
                strings.Add(message.Text());
            else
                message.Skip();
        return strings.Count == count ? [.. strings] : throw new ModelFormatException($"{label} has {count} strings, but {strings.Count} are given");
    }
}
