using System.Globalization;
using Fovea.Data;
using Fovea.Onnx.Graphs;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>
/// Reads ONNX files: Protocol Buffers, whose larger tensors stay where they lie in the mapped file. Nothing in a file is
/// trusted: lengths are checked against what is there, nodes are brought into order, and a file runs no code.
/// </summary>
internal static class OnnxReader
{
    /// <summary>The newest version of the format that is known.</summary>
    public const int NewestIrVersion = 13;

    private const string Right = "right would be a .onnx file, as torch.onnx.export, tf2onnx and others write";

    /// <summary>Reads a file. Dispose of the model once its tensors are no longer read.</summary>
    /// <exception cref="ModelFormatException">It is no sound ONNX file; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static OnnxModel Read(string path) => SafeTensors.InFile(path, () =>
    {
        MappedFile file;
        try
        {
            file = new MappedFile(path);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException($"{error.Reason}; {Right}", error);
        }
        var external = new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path)));
        try
        {
            return Parse(file, external) with { Storage = [file, .. external.Files] };
        }
        catch
        {
            foreach (MappedFile mapped in external.Files.Prepend(file))
                mapped.Dispose();
            throw;
        }
    });

    /// <summary>Reads the bytes of a file. The tensors refer to them: do not change them afterwards.</summary>
    /// <exception cref="ModelFormatException">It is no sound ONNX file.</exception>
    public static OnnxModel Parse(ReadOnlyMemory<byte> file) => Parse(FileBytes.Of(file), new ExternalFiles(null));

    private static OnnxModel Parse(FileBytes file, ExternalFiles external)
    {
        if (!LooksLikeAModel(file))
            throw new ModelFormatException($"no ONNX file; {Right}");
        OnnxModel model = new MessageParser(new TensorParser(external)).Model(new WireReader(file));
        if (model.IrVersion > NewestIrVersion)
            model = model with { Notes = [string.Create(CultureInfo.InvariantCulture, $"IR version {model.IrVersion} is newer than {NewestIrVersion}, the newest that is known; what is not known in it is passed over")] };
        return model with
        {
            Graph = GraphOrder.Sort(model.Graph),
            Functions = [.. model.Functions.Select(GraphOrder.Sort)],
        };
    }

    /// <summary>Whether the first byte is the tag of a field that models have.</summary>
    private static bool LooksLikeAModel(FileBytes file)
    {
        if (file.Length < 2)
            return false;
        ReadOnlySpan<byte> start = file.Span(0, 2);
        return (start[0] >> 3, start[0] & 7) switch
        {
            (1 or 5, 0) or (2 or 3 or 4 or 6 or 7 or 8 or 14, 2) => true,
            ( >= 16, 2) => start[1] == 1,
            _ => false,
        };
    }
}
