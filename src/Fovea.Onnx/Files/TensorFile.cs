using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>Files of one tensor (<c>TensorProto</c>), as test data of ONNX is kept.</summary>
internal static class TensorFile
{
    /// <summary>Reads the bytes of a file. The tensor refers to them.</summary>
    /// <exception cref="ModelFormatException">It is no sound tensor.</exception>
    public static OnnxTensor Read(ReadOnlyMemory<byte> file) => new TensorParser(new ExternalFiles(null)).Parse(new WireReader(FileBytes.Of(file)));

    /// <summary>Reads a file into memory.</summary>
    /// <exception cref="ModelFormatException">It is no sound tensor; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxTensor Read(string path) => SafeTensors.InFile(path, () => Read(Data.InputFile.ReadAllBytes(path, Array.MaxLength)));
}
