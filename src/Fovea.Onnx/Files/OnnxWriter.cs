using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>Writes ONNX files that are there whole or not at all.</summary>
internal static class OnnxWriter
{
    /// <summary>What a message may have at most; other readers refuse larger ones.</summary>
    public const long LargestMessage = int.MaxValue;

    /// <summary>Writes a model. Beyond 2 GB, or if asked for, tensors go to a file beside it of the same name and <c>.data</c>.</summary>
    /// <param name="path">The file; what was there is replaced.</param>
    /// <param name="model">The model.</param>
    /// <param name="externalData">Whether tensors go to a file beside it, however small the model is.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, OnnxModel model, bool externalData = false)
    {
        WireWriter message = new MessageWriter(null).Model(model);
        if (!externalData && message.Length <= LargestMessage)
        {
            AtomicFile.Write(path, message.WriteTo);
            return;
        }
        string data = path + ".data";
        var external = new ExternalDataWriter(Path.GetFileName(data));
        message = new MessageWriter(external).Model(model);
        if (message.Length > LargestMessage)
            throw new InvalidOperationException($"without its tensors the model still takes {message.Length} bytes; up to {LargestMessage} can be written");
        // Both are complete before either takes its place.
        AtomicFile.Write(path, stream =>
        {
            message.WriteTo(stream);
            AtomicFile.Write(data, external.WriteTo);
        });
    }

    /// <summary>The model as one file's bytes.</summary>
    /// <exception cref="InvalidOperationException">They are more than an array holds.</exception>
    public static byte[] ToBytes(OnnxModel model)
    {
        WireWriter message = new MessageWriter(null).Model(model);
        if (message.Length > Array.MaxLength)
            throw new InvalidOperationException($"the model takes {message.Length} bytes, more than one array holds; write it to a file");
        using var stream = new MemoryStream((int)message.Length);
        message.WriteTo(stream);
        return stream.ToArray();
    }
}
