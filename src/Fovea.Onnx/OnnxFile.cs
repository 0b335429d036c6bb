using Fovea.Onnx.Files;
using Fovea.Onnx.Graphs;
using Fovea.Onnx.Import;
using Fovea.Serialization;

namespace Fovea.Onnx;

/// <summary>
/// ONNX files: networks of any exporter as models of Fovea, which run, learn, are quantised, explained and saved like any other.
/// docs/onnx.md says what is read.
/// </summary>
public static class OnnxFile
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; tensors may lie in others of its folder.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ModelFormatException">It is no sound ONNX file, asks for what is not supported, or does not fit the options; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Model Load(string path, OnnxImportOptions? options = null)
    {
        using OnnxModel file = OnnxReader.Read(path);
        return SafeTensors.InFile(path, () => ModelImport.Run(file, Path.GetFileNameWithoutExtension(path), options ?? new OnnxImportOptions()));
    }

    /// <summary>Reads the bytes of a file, all tensors within it.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="ModelFormatException">They are no sound ONNX file, ask for what is not supported, or do not fit the options.</exception>
    public static Model Parse(ReadOnlyMemory<byte> file, OnnxImportOptions? options = null)
    {
        using OnnxModel model = OnnxReader.Parse(file);
        return ModelImport.Run(model, "network", options ?? new OnnxImportOptions());
    }

    /// <summary>
    /// Makes model files readable that were saved after an import and have operations of ONNX for which Fovea has no layer. Call it
    /// once before such a file is read; reading an ONNX file does.
    /// </summary>
    public static void RegisterLayers() => Lowering.OnnxOperation.Register();
}
