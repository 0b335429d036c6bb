using Fovea.Data;
using Fovea.Networks;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// Files of <c>torch.save</c> (<c>.pt</c>, <c>.pth</c>): named tensors out of them and into them. Such a file is a pickle,
/// a program for Python; here it is only read as a description of tensors in plain containers, and whatever else it
/// refers to is refused by name. Nothing in it is ever run.
/// </summary>
public static class PyTorchFile
{
    private const string StreamName = "the file";
    private const int TarMark = 257;

    /// <summary>
    /// Reads the state_dict of a file: the mapping of names to tensors at its top, or the only one under its keys
    /// (<c>state_dict</c>, <c>model</c>, …). Tensors without names are named by their places.
    /// </summary>
    /// <param name="path">A file of any <c>torch.save</c> since PyTorch 0.4.</param>
    /// <param name="key">Which state_dict, if there are several: the keys that lead to it, joined by dots.</param>
    /// <exception cref="ModelFormatException">It is no such file, damaged, holds other things than tensors and plain values, or several state_dicts; the message names the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static StateDict Read(string path, string? key = null) => SafeTensors.InFile(path, () =>
    {
        try
        {
            return Parse(InputFile.ReadAllBytes(path, Array.MaxLength), key);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException(error.Reason, error);
        }
    });

    /// <summary>Reads the state_dict of a stream, to its end; see <see cref="Read(string, string?)"/>.</summary>
    /// <param name="stream">The bytes of a file.</param>
    /// <param name="key">Which state_dict, if there are several.</param>
    /// <exception cref="ModelFormatException">They are not such a file, or more than 2 GiB.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static StateDict Read(Stream stream, string? key = null)
    {
        try
        {
            return Parse(InputFile.ReadToEnd(stream, StreamName, Array.MaxLength), key);
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException(error.Message, error);
        }
    }

    /// <summary>Whether a file begins as those of <c>torch.save</c> do.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static bool IsPyTorch(string path)
    {
        using FileStream file = InputFile.Open(path);
        Span<byte> start = stackalloc byte[TarMark + 8];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return ZipDirectory.IsZip(start) || TorchStream.IsPickle(start) || IsTar(start);
    }

    /// <summary>Reads the bytes of a file; see <see cref="Read(string, string?)"/>. The tensors refer to them: do not change them afterwards.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="key">Which state_dict, if there are several.</param>
    /// <exception cref="ModelFormatException">They are not such a file.</exception>
    public static StateDict Parse(ReadOnlyMemory<byte> file, string? key = null)
    {
        object? root = ZipDirectory.IsZip(file.Span) ? TorchArchive.Read(file)
            : TorchStream.IsPickle(file.Span) ? TorchStream.Read(file)
            : throw new ModelFormatException(IsTar(file.Span)
                ? "a tar archive, as PyTorch before 0.1.10 wrote; load it with torch.load and save it again"
                : "no file of torch.save; right would be torch.save(model.state_dict(), FILE)");
        (string? found, IReadOnlyDictionary<string, object?> entries) = StateDictSearch.Find(root, key);
        return new StateDict([.. entries.Where(entry => TorchTensors.IsTensor(entry.Value)).Select(entry => TorchTensors.Make(entry.Key, entry.Value, file.Length))], found);
    }

    /// <summary>
    /// Writes a network's parameters and buffers under their names, which are PyTorch's, as a file that
    /// <c>torch.load(path, weights_only=True)</c> reads as a dictionary for <c>load_state_dict</c>. Whole or not at all.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network; one that runs in int8 as its floats.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Write(path, ModelFile.Tensors(network));
    }

    /// <summary>Writes tensors of float32 under their names, whole or not at all; see <see cref="Write(string, Network)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors; the same give the same bytes.</param>
    /// <exception cref="ArgumentException">Two tensors share a name, or a length is not its shape's.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, IReadOnlyList<NamedTensor> tensors)
    {
        Check(tensors);
        AtomicFile.Write(path, stream => TorchWriter.Write(stream, tensors));
    }

    /// <summary>Writes tensors of float32 under their names to a stream; see <see cref="Write(string, Network)"/>.</summary>
    /// <param name="stream">Where they go.</param>
    /// <param name="tensors">The tensors.</param>
    /// <exception cref="ArgumentException">Two tensors share a name, or a length is not its shape's.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, IReadOnlyList<NamedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Check(tensors);
        // The archive's directory comes last, and says where in the archive everything lies.
        using var archive = new MemoryStream();
        TorchWriter.Write(archive, tensors);
        archive.Position = 0;
        archive.CopyTo(stream);
    }

    private static void Check(IReadOnlyList<NamedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var names = new HashSet<string>();
        foreach (NamedTensor tensor in tensors)
            tensor.Check(names);
    }

    private static bool IsTar(ReadOnlySpan<byte> file) => file.Length > TarMark && file[TarMark..].StartsWith("ustar"u8);
}
