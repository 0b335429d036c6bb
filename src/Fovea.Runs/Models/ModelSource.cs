using Fovea.Networks;
using Fovea.Onnx;
using Fovea.Serialization;

namespace Fovea.Runs.Models;

/// <summary>What a user says of a model file of another program that does not say it itself.</summary>
public sealed record ModelSource
{
    /// <summary>A file with the names of the classes.</summary>
    public string? Labels { get; init; }

    /// <summary>The order of colours: <c>rgb</c> or <c>bgr</c>.</summary>
    public string? Channels { get; init; }

    /// <summary>The value of a white pixel.</summary>
    public double? Scale { get; init; }

    /// <summary>What is subtracted from every channel.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What every channel is divided by.</summary>
    public IReadOnlyList<double>? Deviation { get; init; }

    /// <summary>Height and width of the images, where the file leaves them open.</summary>
    public (int Height, int Width)? InputSize { get; init; }

    /// <summary>The first option that is given; null if none is.</summary>
    public string? FirstGiven =>
        Labels is not null ? "--labels" : Channels is not null ? "--channels" : Scale is not null ? "--scale"
        : Mean is not null ? "--mean" : Deviation is not null ? "--std" : InputSize is not null ? "--input-size" : null;

    /// <summary>Whether a file is an ONNX file rather than a model of Fovea's: one begins with the tag of a message's field, the other with eight bytes of length and a brace.</summary>
    public static bool IsOnnx(string path)
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
    /// <param name="limits">How much its network may compute.</param>
    /// <param name="progress">Is told what a user should know of the file.</param>
    /// <exception cref="ModelFormatException">The file is not sound, or asks for what is not supported.</exception>
    /// <exception cref="RunException">There is no file of labels, or it names no classes.</exception>
    public Model ReadOnnx(string path, ModelLimits? limits, IProgress<RunEvent>? progress) => OnnxFile.Load(path, new OnnxImportOptions
    {
        ClassNames = Labels is null ? null : LabelFile.Read(Labels),
        Channels = Channels switch { null => null, "bgr" => OnnxChannels.Bgr, _ => OnnxChannels.Rgb },
        Scale = Scale,
        Mean = Mean,
        Deviation = Deviation,
        InputSize = InputSize,
        Limits = limits,
        Notes = new Notes(path, progress),
    });

    private sealed class Notes(string path, IProgress<RunEvent>? progress) : IProgress<string>
    {
        public void Report(string value) => progress.Note($"{path}: {value}");
    }
}
