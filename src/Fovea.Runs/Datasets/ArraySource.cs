using System.IO.Compression;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Runs.Datasets;

/// <summary>
/// Arrays of images and of labels: an <c>.npz</c> archive, <c>.npy</c> files beside each other, or IDX files as MNIST has,
/// plain or compressed; a pair for each part, or one alone.
/// </summary>
internal sealed class ArraySource : DataSource
{
    private static readonly (string Images, string Labels, DataPart Part)[] Names =
    [
        ("x_train", "y_train", DataPart.Train), ("x_val", "y_val", DataPart.Validation), ("x_test", "y_test", DataPart.Test),
        ("train_images", "train_labels", DataPart.Train), ("val_images", "val_labels", DataPart.Validation), ("test_images", "test_labels", DataPart.Test),
        ("images", "labels", DataPart.Train), ("X", "y", DataPart.Train), ("x", "y", DataPart.Train), ("data", "labels", DataPart.Train),
    ];

    private static readonly (string Images, string Labels)[] Swaps = [("images", "labels"), ("X", "y"), ("x", "y"), ("data", "labels")];

    private readonly Func<Dictionary<DataPart, IDataset>> _load;
    private Dictionary<DataPart, IDataset>? _parts;

    private ArraySource(string path, DataRequest request, Func<ArraySource, Dictionary<DataPart, IDataset>> load)
        : base(request)
    {
        Name = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _load = () => load(this);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string ShortName => Path.GetFileNameWithoutExtension(Name);

    /// <inheritdoc/>
    public override string DefaultModel => "convnet-basic";

    /// <summary>The arrays of this path; null if there are none.</summary>
    public static ArraySource? Find(string path, DataRequest request)
    {
        if (Directory.Exists(path))
            return Pairs(Directory.EnumerateFiles(path).Where(IsNamedSo)) is { Count: > 0 } inside ? new ArraySource(path, request, source => source.Load(inside)) : null;
        if (!File.Exists(path))
            return null;
        return KindOf(path) switch
        {
            Kind.Archive => new ArraySource(path, request, source => source.LoadArchive(path)),
            Kind.Numpy or Kind.Idx => new ArraySource(path, request, source => source.Load(Beside(path))),
            _ => null,
        };
    }

    /// <inheritdoc/>
    protected override IDataset? Open(DataPart part, int? limit) => (_parts ??= _load()).TryGetValue(part, out IDataset? dataset) ? Limited(dataset, limit) : null;

    private Dictionary<DataPart, IDataset> Load(IReadOnlyList<(string Images, string Labels, DataPart Part)> pairs)
    {
        var parts = new Dictionary<DataPart, IDataset>();
        foreach ((string images, string labels, DataPart part) in pairs)
            if (!parts.TryAdd(part, KindOf(images) == Kind.Idx ? IdxReader.Read(images, labels, NameOf(part), Request.ClassNames) : ArrayImages.Make(NameOf(part), NumpyFile.Read(images), NumpyFile.Read(labels), Request.ClassNames)))
                throw new RunException($"{Name} has several pairs of images and labels for {part}, such as {Path.GetFileName(images)}");
        return Agree(parts);
    }

    private Dictionary<DataPart, IDataset> LoadArchive(string path)
    {
        string name = Printable.Escape(Path.GetFileName(path));
        using FileStream file = InputFile.Open(path);
        try
        {
            using var archive = new ZipArchive(file);
            IReadOnlyDictionary<string, Func<NumpyArray>> arrays = NumpyFile.Entries(archive, name);
            var parts = new Dictionary<DataPart, IDataset>();
            foreach ((string images, string labels, DataPart part) in Names)
                if (!parts.ContainsKey(part) && arrays.TryGetValue(images, out Func<NumpyArray>? x) && arrays.TryGetValue(labels, out Func<NumpyArray>? y))
                    parts.Add(part, ArrayImages.Make(NameOf(part), x(), y(), Request.ClassNames));
            return parts.Count > 0 ? Agree(parts)
                : throw new DataFormatException($"{name} has the arrays {Printable.Escape(string.Join(", ", arrays.Keys.Take(12)))}; right would be x_train, y_train, x_test and y_test, or images and labels");
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException($"{name}: the archive is damaged", error);
        }
    }

    /// <summary>A class that only one part has is one of all.</summary>
    private static Dictionary<DataPart, IDataset> Agree(Dictionary<DataPart, IDataset> parts)
    {
        IReadOnlyList<string> most = parts.Values.MaxBy(part => part.ClassNames.Count)!.ClassNames;
        return parts.ToDictionary(part => part.Key, part => part.Value.ClassNames.Count == most.Count ? part.Value : RelabelledDataset.Match(part.Value, most));
    }

    private string NameOf(DataPart part) => $"{ShortName}/{part.ToString().ToLowerInvariant()}";

    /// <summary>The pair that a file is one of.</summary>
    private static List<(string Images, string Labels, DataPart Part)> Beside(string path)
    {
        string full = Path.GetFullPath(path), extension = Path.GetExtension(full);
        IEnumerable<string> alike = Directory.EnumerateFiles(Path.GetDirectoryName(full)!).Where(file => Path.GetExtension(file) == extension);
        return Pairs(alike).FindAll(pair => pair.Images == full || pair.Labels == full) is { Count: > 0 } own ? own
            : throw new RunException($"there are no labels for {path} beside it; right would be a file of the same name with labels for images, y for x, or idx1 for idx3");
    }

    /// <summary>Whether a file is called as arrays are: in a folder of many images no other is opened.</summary>
    private static bool IsNamedSo(string file) => Path.GetFileName(file) is var name
        && (name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) || name.Contains("idx", StringComparison.OrdinalIgnoreCase) || name.Contains("ubyte", StringComparison.OrdinalIgnoreCase));

    /// <summary>Files of images, each with that of its labels; only those whose names fit together are opened.</summary>
    private static List<(string Images, string Labels, DataPart Part)> Pairs(IEnumerable<string> files)
    {
        var pairs = new List<(string, string, DataPart)>();
        Dictionary<string, string> paths = files.ToDictionary(file => Path.GetFileName(file), Path.GetFullPath, StringComparer.Ordinal);
        foreach ((string images, string path) in paths.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (LabelNames(images).FirstOrDefault(labels => labels != images && paths.ContainsKey(labels)) is { } found
                && KindOf(path) is Kind.Numpy or Kind.Idx && KindOf(paths[found]) is Kind.Numpy or Kind.Idx)
                pairs.Add((path, paths[found], PartOf(images)));
        return pairs;
    }

    private static IEnumerable<string> LabelNames(string images)
    {
        foreach ((string from, string to) in Swaps)
            if (images.Contains(from, StringComparison.Ordinal))
                yield return images.Replace(from, to, StringComparison.Ordinal).Replace("idx3", "idx1", StringComparison.Ordinal);
    }

    private static DataPart PartOf(string name) =>
        name.Contains("t10k", StringComparison.OrdinalIgnoreCase) || name.Contains("test", StringComparison.OrdinalIgnoreCase) ? DataPart.Test
        : name.Contains("val", StringComparison.OrdinalIgnoreCase) ? DataPart.Validation : DataPart.Train;

    private enum Kind
    {
        Other,
        Numpy,
        Archive,
        Idx,
    }

    private static Kind KindOf(string path)
    {
        if (new FileInfo(path).Length == 0)
            return Kind.Other;
        using FileStream file = InputFile.Open(path);
        Span<byte> start = stackalloc byte[8];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (NumpyFile.IsArray(start))
            return Kind.Numpy;
        if (start.StartsWith("PK"u8) && Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase))
            return Kind.Archive;
        if (IsIdx(start))
            return Kind.Idx;
        if (!start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return Kind.Other;
        file.Position = 0;
        try
        {
            using var inflated = new GZipStream(file, CompressionMode.Decompress);
            start = start[..inflated.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            return IsIdx(start) ? Kind.Idx : Kind.Other;
        }
        catch (InvalidDataException)
        {
            return Kind.Other;
        }
    }

    private static bool IsIdx(ReadOnlySpan<byte> start) => start is [0, 0, 8, 1 or 3, ..];
}
