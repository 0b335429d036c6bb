using Fovea.Onnx.Graphs;

namespace Fovea.Onnx.Files;

/// <summary>Collects the large tensors of a model for the file beside it.</summary>
/// <param name="location">The file's name.</param>
internal sealed class ExternalDataWriter(string location)
{
    // Small ones, such as shapes, stay where graph tools see them.
    private const int Smallest = 1024;

    // So that other libraries can map each tensor by itself.
    private const int Alignment = 4096;

    private readonly List<(long Offset, ReadOnlyMemory<byte> Bytes)> _tensors = [];
    private long _end;

    public string Location => location;

    /// <summary>Where the tensor will lie in the file; null if it stays in the model.</summary>
    public long? Place(OnnxTensor tensor)
    {
        if (tensor.Bytes.Length < Smallest)
            return null;
        long offset = (_end + Alignment - 1) / Alignment * Alignment;
        _tensors.Add((offset, tensor.Bytes));
        _end = offset + tensor.Bytes.Length;
        return offset;
    }

    public void WriteTo(Stream stream)
    {
        byte[] zeros = new byte[Alignment];
        long position = 0;
        foreach ((long offset, ReadOnlyMemory<byte> bytes) in _tensors)
        {
            stream.Write(zeros, 0, (int)(offset - position));
            stream.Write(bytes.Span);
            position = offset + bytes.Length;
        }
    }
}
