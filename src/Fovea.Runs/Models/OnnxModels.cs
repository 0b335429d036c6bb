using Fovea.Networks;
using Fovea.Onnx;
using Fovea.Onnx.Import;
using Fovea.Runs.Settings;
using Fovea.Serialization;

namespace Fovea.Runs.Models;

/// <summary>ONNX files as models.</summary>
public static class OnnxModels
{
    /// <summary>Whether a file is an ONNX file rather than a model of Fovea's: one begins with the tag of a message's field, the other with eight bytes of length and a brace.</summary>
    public static bool IsOne(string path)
    {
        if (!File.Exists(path))
            return false;
        Span<byte> start = stackalloc byte[9];
        using FileStream file = Data.InputFile.Open(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        bool safetensors = start.Length == 9 && start[8] == '{' && start[5] == 0 && start[6] == 0 && start[7] == 0;
        return !safetensors && (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) || start.Length > 2 && start[0] == 8 && start[1] is > 0 and < 64 && start[2] is 0x12 or 0x3a or 0x42);
    }

    /// <summary>Reads an ONNX file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What the file does not say itself.</param>
    /// <param name="limits">How much its network may compute.</param>
    /// <param name="progress">Is told what a user should know of the file.</param>
    /// <exception cref="ModelFormatException">The file is not sound, or asks for what is not supported.</exception>
    /// <exception cref="RunException">There is no file of labels, or it names no classes.</exception>
    public static Model Read(string path, ModelSource source, ModelLimits? limits, IProgress<RunEvent>? progress) => OnnxFile.Load(path, new OnnxImportOptions
    {
        ClassNames = source.Labels is null ? null : LabelFile.Read(source.Labels),
        Channels = source.Channels switch { null => null, "bgr" => OnnxChannels.Bgr, _ => OnnxChannels.Rgb },
        Scale = source.Scale,
        Mean = source.Mean,
        Deviation = source.Deviation,
        InputSize = source.InputSize is [var height, var width] ? (height, width) : null,
        Limits = limits,
        Notes = new Notes(path, progress),
    });

    private sealed class Notes(string path, IProgress<RunEvent>? progress) : IProgress<string>
    {
        public void Report(string value) => progress.Note($"{path}: {value}");
    }
}
