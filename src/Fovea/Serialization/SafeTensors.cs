using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text.Json;
using Fovea.Data;

namespace Fovea.Serialization;

/// <summary>
/// A safetensors file (huggingface/safetensors): eight bytes with the length of a JSON header, the header, the tensors'
/// bytes. Everything is checked before it is used: lengths against the file's own, every tensor's size against its
/// shape and type, and that the tensors fill the data without gap or overlap. It holds no code that a file could run.
/// </summary>
public sealed class SafeTensors
{
    private const int LengthBytes = 8;
    private const int LongestHeader = 100_000_000;

    // More than a hundred thousand tensors have; each costs many times its few bytes.
    private const int MaxTokens = 2_000_000;

    // Header, tensor, shape: the format nests no deeper.
    private const int Depth = 3;
    private static readonly JsonDocumentOptions HeaderOptions = new() { MaxDepth = Depth, AllowDuplicateProperties = false };

    private readonly Dictionary<string, StoredTensor> _byName;

    private SafeTensors(IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
        _byName = tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by their names.</summary>
    internal IReadOnlyDictionary<string, StoredTensor> ByName => _byName;

    /// <summary>The tensor of this name, or null.</summary>
    public StoredTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a file into memory.</summary>
    /// <exception cref="ModelFormatException">It is not a sound safetensors file, or larger than 2 GiB; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafeTensors Read(string path) => InFile(path, () => Parse(ReadAll(path)));

    /// <summary>Reads a file into memory without holding a thread while the disk works.</summary>
    /// <inheritdoc cref="Read"/>
    internal static async Task<SafeTensors> ReadAsync(string path, CancellationToken cancellation)
    {
        byte[] bytes;
        try
        {
            bytes = await InputFile.ReadAllBytesAsync(path, Array.MaxLength, cancellation).ConfigureAwait(false);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException($"{path}: {error.Reason}", error);
        }
        return InFile(path, () => Parse(bytes));
    }

    /// <summary>Reads the bytes of a file. The tensors refer to them: do not change them afterwards.</summary>
    /// <exception cref="ModelFormatException">It is not a sound safetensors file.</exception>
    public static SafeTensors Parse(ReadOnlyMemory<byte> file)
    {
        if (file.Length < LengthBytes)
            throw new ModelFormatException($"a safetensors file has at least {LengthBytes} bytes, got {file.Length}");
        if (ForeignFile.Explain(file.Span) is { } foreign)
            throw new ModelFormatException(foreign);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        // Nothing else begins with a small number of eight bytes and a brace.
        if (file.Length == LengthBytes || file.Span[LengthBytes] != '{')
            throw new ModelFormatException($"no safetensors file; {ForeignFile.Way}");
        if (length > LongestHeader)
            throw new ModelFormatException($"the header must not be longer than {LongestHeader} bytes, got {length}");
        if (length > (ulong)(file.Length - LengthBytes))
            throw new ModelFormatException($"the header is said to have {length} bytes, but the file ends after {file.Length - LengthBytes}");
        ReadOnlyMemory<byte> header = file.Slice(LengthBytes, (int)length);
        ReadOnlyMemory<byte> data = file[(LengthBytes + (int)length)..];
        if (header.IsEmpty)
            throw new ModelFormatException("the header is empty");
        try
        {
            RequireModest(header.Span);
            using JsonDocument json = JsonDocument.Parse(header, HeaderOptions);
            SafeTensors tensors = ParseHeader(json.RootElement, data);
            if (tensors.Metadata.TryGetValue(FileHash.Key, out string? hash))
                FileHash.Check(file.Span, LengthBytes + (int)length, hash);
            return tensors;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid UTF-16. Where .NET says what it expected helps nobody.
            string place = error is JsonException { BytePositionInLine: { } position } ? $" at byte {LengthBytes + position}" : "";
            throw new ModelFormatException($"the file is damaged: its header is no JSON{place}", error);
        }
    }

    /// <summary>Counts before anything is allocated.</summary>
    private static void RequireModest(ReadOnlySpan<byte> header)
    {
        var reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = Depth });
        for (int tokens = 0; reader.Read(); tokens++)
            if (tokens == MaxTokens)
                throw new ModelFormatException($"the header holds more than {MaxTokens} names and values");
    }

    /// <summary>Runs a reader so that its complaints name the file.</summary>
    internal static T InFile<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ModelFormatException error)
        {
            throw new ModelFormatException($"{path}: {error.Message}", error) { PassesLimits = error.PassesLimits };
        }
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return InputFile.ReadAllBytes(path, Array.MaxLength);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException(error.Reason, error);
        }
    }

    private static SafeTensors ParseHeader(JsonElement header, ReadOnlyMemory<byte> data)
    {
        IReadOnlyDictionary<string, string> metadata = FrozenDictionary<string, string>.Empty;
        var tensors = new List<Placed>();
        foreach (JsonProperty entry in header.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                metadata = ParseMetadata(entry.Value);
            else
                tensors.Add(ParseTensor(entry.Name, entry.Value, data));
        }
        tensors.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        long end = 0;
        foreach ((long start, long next, StoredTensor tensor) in tensors)
        {
            if (start != end)
                throw new ModelFormatException($"tensor {Printable.Quote(tensor.Name)} begins at byte {start} of the data, but the tensor before it ends at {end}");
            end = next;
        }
        if (end != data.Length)
            throw new ModelFormatException($"the tensors take {end} bytes, but the file has {data.Length} bytes of data");
        return new SafeTensors([.. tensors.Select(entry => entry.Tensor)], metadata);
    }

    /// <summary>A tensor, and where its bytes lie in the data. No value type: lists of these would be compiled at start.</summary>
    private sealed record Placed(long Start, long End, StoredTensor Tensor);

    private static Dictionary<string, string> ParseMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new ModelFormatException($"'__metadata__' must be an object of strings, got {value.ValueKind}");
        var metadata = new Dictionary<string, string>();
        foreach (JsonProperty entry in value.EnumerateObject())
            metadata.Add(entry.Name, entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString()!
                : throw new ModelFormatException($"'__metadata__' must hold strings, but {Printable.Quote(entry.Name)} is {entry.Value.ValueKind}"));
        return metadata;
    }

    private static Placed ParseTensor(string name, JsonElement value, ReadOnlyMemory<byte> data)
    {
        string quoted = Printable.Quote(name);
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array)
            throw new ModelFormatException($"tensor {quoted} must have a dtype, a shape and data_offsets");
        ElementType type = ElementTypes.Parse(dtype.GetString()!)
            ?? throw new ModelFormatException($"tensor {quoted} is of type {Printable.Quote(dtype.GetString()!)}, which is not known");
        long[] sizes = ParseNumbers(quoted, "shape", shape);
        long[] range = ParseNumbers(quoted, "data_offsets", offsets);
        if (range.Length != 2 || range[0] > range[1] || range[1] > data.Length)
            throw new ModelFormatException($"tensor {quoted} lies at ({string.Join(", ", range.Take(3))}); two offsets in order, up to {data.Length}, are needed");
        long bytes = sizes.Contains(0) ? 0 : type.Size();
        foreach (long size in sizes)
            bytes = bytes == 0 || bytes <= data.Length / size
                ? bytes * size
                : throw new ModelFormatException($"tensor {quoted} of shape ({string.Join(", ", sizes.Take(8))}) is larger than the file");
        if (bytes != range[1] - range[0])
            throw new ModelFormatException($"tensor {quoted} of shape ({string.Join(", ", sizes.Take(8))}) and type {type} takes {bytes} bytes, but {range[1] - range[0]} are given");
        return new Placed(range[0], range[1], new StoredTensor(name, type, sizes, data.Slice((int)range[0], (int)bytes)));
    }

    private static long[] ParseNumbers(string tensor, string what, JsonElement array)
    {
        var numbers = new long[array.GetArrayLength()];
        int i = 0;
        foreach (JsonElement element in array.EnumerateArray())
            numbers[i++] = element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number) && number >= 0
                ? number
                : throw new ModelFormatException($"tensor {tensor}: {what} must hold whole numbers from 0 on");
        return numbers;
    }
}
