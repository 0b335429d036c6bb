using System.Globalization;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Onnx.Files;

/// <summary>
/// The files beside a model that its larger tensors lie in. They must lie in the model's folder or below it, whatever
/// links say, so that a model from a stranger reads nothing else.
/// </summary>
/// <param name="folder">The model's folder; null for a model that did not come from a file.</param>
internal sealed class ExternalFiles(string? folder)
{
    private readonly Dictionary<string, MappedFile> _files = [];

    /// <summary>The files in use.</summary>
    public IReadOnlyCollection<MappedFile> Files => _files.Values;

    /// <summary>The bytes of a tensor.</summary>
    /// <param name="place">The entries location, offset and length.</param>
    /// <param name="bytes">How many bytes the tensor takes.</param>
    /// <param name="label">What messages call the tensor.</param>
    /// <exception cref="ModelFormatException">The place is outside the folder, or does not hold the tensor.</exception>
    public ReadOnlyMemory<byte> Find(Dictionary<string, string> place, int bytes, string label)
    {
        if (!place.TryGetValue("location", out string? location) || location.Length == 0)
            throw new ModelFormatException($"{label} lies in another file, but its location is missing");
        string quoted = Printable.Quote(location);
        long offset = Number(place, "offset", label) ?? 0;
        long length = Number(place, "length", label) ?? bytes;
        if (length != bytes)
            throw new ModelFormatException($"{label} takes {bytes} bytes, but {length} are given in {quoted}");
        if (bytes == 0)
            return ReadOnlyMemory<byte>.Empty;
        MappedFile file = Open(location, quoted, label);
        if (offset > file.Length - length)
            throw new ModelFormatException($"{label} lies at bytes {offset} to {offset + (Int128)length} of {quoted}, which has only {file.Length}");
        return file.View(offset, bytes);
    }

    private static long? Number(Dictionary<string, string> place, string key, string label)
    {
        if (!place.TryGetValue(key, out string? text))
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new ModelFormatException($"{label}: the {key} of its place must be a whole number from 0 on, got {Printable.Quote(text)}");
    }

    private MappedFile Open(string location, string quoted, string label)
    {
        if (_files.TryGetValue(location, out MappedFile? known))
            return known;
        if (folder is null)
            throw new ModelFormatException($"{label} lies in {quoted}, which is only found beside a model that is read as a file");
        // Both separators and drive letters count everywhere, so that a file means the same on every system.
        if (location.Contains('\0') || location[0] is '/' or '\\' || location.Contains(':') || location.Split('/', '\\').Contains(".."))
            throw new ModelFormatException($"{label} lies in {quoted}, which leads out of the model's folder; a name of a file in that folder is right");
        try
        {
            string real = InputFile.RealPath(Path.Combine(folder, location.Replace('\\', '/')));
            string root = InputFile.RealPath(folder);
            if (!real.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new ModelFormatException($"{label} lies in {quoted}, a link out of the model's folder; a copy of the file in that folder is right");
            var file = new MappedFile(real);
            _files.Add(location, file);
            return file;
        }
        catch (InputFileException error)
        {
            throw new ModelFormatException($"{label} lies in {quoted}: {error.Reason}", error);
        }
        catch (FileNotFoundException error)
        {
            throw new ModelFormatException($"{label} lies in {quoted}, which is not beside the model; the two files belong together", error);
        }
    }
}
