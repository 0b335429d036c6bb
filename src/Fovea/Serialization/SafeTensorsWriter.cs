using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fovea.Tensors;

namespace Fovea.Serialization;

/// <summary>A tensor to be written to a safetensors file.</summary>
/// <param name="Name">A name of its own.</param>
/// <param name="Shape">The sizes of the dimensions.</param>
/// <param name="Values">The elements, row-major: (Shape.Length).</param>
public sealed record NamedTensor(string Name, Shape Shape, ReadOnlyMemory<float> Values)
{
    /// <summary>Whether the elements, whole numbers from −128 to 127 then, are written as bytes (I8) rather than as floats (F32).</summary>
    public bool AsBytes { get; init; }

    /// <summary>Checks that the name is none of those, among which it is from then on, and that the elements are as many as the shape has.</summary>
    /// <exception cref="ArgumentException">It is, or they are not.</exception>
    internal void Check(HashSet<string> names)
    {
        if (!names.Add(Name))
            throw new ArgumentException($"a tensor must have a name of its own, got '{Name}'");
        if (Values.Length != Shape.Length)
            throw new ArgumentException($"tensor '{Name}' of shape {Shape} holds {Shape.Length} values, got {Values.Length}");
    }
}

/// <summary>
/// Writes safetensors files: tensors of F32 or I8 in the order given, the data on a 64-byte boundary. The same tensors and
/// metadata give the same bytes.
/// </summary>
public static class SafeTensorsWriter
{
    private const int LengthBytes = 8;
    private const int Alignment = 64;
    private const int MinPadding = 8;

    /// <summary>Writes a file, whole or not at all: to a temporary file beside it, flushed to the disk, then renamed.</summary>
    /// <exception cref="ArgumentException">Two tensors share a name, a name is reserved, or a length is not its shape's.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">Two tensors share a name, a name is reserved, or a length is not its shape's.</exception>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        byte[] header = Header(tensors, metadata);
        if (metadata.ContainsKey(FileHash.Key))
            Seal(header, tensors);
        stream.Write(header);
        foreach (NamedTensor tensor in tensors)
            Emit(tensor, stream.Write);
    }

    /// <summary>Takes the bytes of a tensor, part by part.</summary>
    private delegate void Sink(ReadOnlySpan<byte> bytes);

    private static void Seal(byte[] header, IReadOnlyList<NamedTensor> tensors)
    {
        Span<byte> value = header.AsSpan(FileHash.Find(header), FileHash.Placeholder.Length);
        long length = header.Length + tensors.Sum(tensor => (long)tensor.Values.Length * ElementSize(tensor));
        FileHash.Fill(value, 0, length);
        var hash = new XxHash64();
        hash.Append(header);
        foreach (NamedTensor tensor in tensors)
            Emit(tensor, hash.Append);
        FileHash.Fill(value, hash.Value, length);
    }

    private static int ElementSize(NamedTensor tensor) => tensor.AsBytes ? sizeof(sbyte) : sizeof(float);

    /// <summary>The length and the header, whose offsets say where the tensors will lie.</summary>
    private static byte[] Header(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(LengthBytes)[..LengthBytes].Clear();
        buffer.Advance(LengthBytes);
        var names = new HashSet<string> { "__metadata__" };
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (NamedTensor tensor in tensors)
            {
                tensor.Check(names);
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.AsBytes ? "I8" : "F32");
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape.ToArray())
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Values.Length * ElementSize(tensor));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Other writers fill up to 8 bytes only: theirs are never of the length that a hash was stored with.
        int padding = Alignment - buffer.WrittenCount % Alignment;
        padding += padding < MinPadding ? Alignment : 0;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - LengthBytes));
        return header;
    }

    private static void Emit(NamedTensor tensor, Sink sink)
    {
        if (tensor.AsBytes)
            EmitBytes(tensor, sink);
        else
            EmitValues(tensor.Values.Span, sink);
    }

    private static void EmitBytes(NamedTensor tensor, Sink sink)
    {
        var bytes = new byte[tensor.Values.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = tensor.Values.Span[i] is >= sbyte.MinValue and <= sbyte.MaxValue and var value && value == MathF.Truncate(value)
                ? (byte)(sbyte)value
                : throw new ArgumentException($"tensor '{tensor.Name}' of bytes must hold whole numbers from {sbyte.MinValue} to {sbyte.MaxValue}", nameof(tensor));
        sink(bytes);
    }

    private static void EmitValues(ReadOnlySpan<float> values, Sink sink)
    {
        if (BitConverter.IsLittleEndian)
        {
            sink(MemoryMarshal.AsBytes(values));
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            sink(bytes);
        }
    }
}
