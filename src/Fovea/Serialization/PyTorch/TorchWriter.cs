using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// Writes what <c>torch.save</c> writes of a dictionary of tensors: a zip archive of files as they are. The same tensors
/// give the same bytes.
/// </summary>
internal static class TorchWriter
{
    private const string Folder = "archive";

    /// <summary>The first day that zip archives know.</summary>
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes to a stream that can seek.</summary>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "data.pkl", Pickle(tensors));
        Add(archive, "byteorder", "little"u8);
        foreach ((int key, NamedTensor tensor) in tensors.Index())
            Add(archive, $"data/{key}", Bytes(tensor));
        Add(archive, "version", "3\n"u8);
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = archive.CreateEntry($"{Folder}/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = Time;
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    /// <summary>The elements, little-endian.</summary>
    private static ReadOnlySpan<byte> Bytes(NamedTensor tensor)
    {
        ReadOnlySpan<float> values = tensor.Values.Span;
        if (BitConverter.IsLittleEndian)
            return MemoryMarshal.AsBytes(values);
        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return bytes;
    }

    /// <summary>A dictionary of <c>_rebuild_tensor_v2(storage, 0, size, strides, False, OrderedDict())</c>.</summary>
    private static byte[] Pickle(IReadOnlyList<NamedTensor> tensors)
    {
        var pickle = new PickleWriter();
        pickle.BeginDict();
        foreach ((int key, NamedTensor tensor) in tensors.Index())
        {
            int[] shape = tensor.Shape.ToArray();
            pickle.Text(tensor.Name);
            pickle.Global("torch._utils", "_rebuild_tensor_v2");
            pickle.BeginTuple();
            pickle.BeginTuple();
            pickle.Text("storage");
            pickle.Global("torch", "FloatStorage");
            pickle.Text(key.ToString(CultureInfo.InvariantCulture));
            pickle.Text("cpu");
            pickle.Whole(tensor.Values.Length);
            pickle.EndTuple();
            pickle.Persistent();
            pickle.Whole(0);
            pickle.Tuple(shape);
            pickle.Tuple([.. TensorView.DenseStrides([.. shape.Select(size => (long)size)], columnMajor: false).Select(stride => (int)stride)]);
            pickle.False();
            pickle.Global("collections", "OrderedDict");
            pickle.Tuple([]);
            pickle.Call();
            pickle.EndTuple();
            pickle.Call();
        }
        pickle.EndDict();
        return pickle.End();
    }
}
