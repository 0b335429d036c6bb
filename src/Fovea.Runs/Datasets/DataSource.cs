using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Runs.Datasets;

/// <summary>A part of a data set.</summary>
public enum DataPart
{
    /// <summary>What to learn from.</summary>
    Train,

    /// <summary>What to compare epochs by; most data sets leave it to the trainer to split it off.</summary>
    Validation,

    /// <summary>What to be judged by.</summary>
    Test,
}

/// <summary>What is asked of a data set, apart from its name.</summary>
public sealed record DataRequest
{
    /// <summary>The most samples a part is to have, all classes alike; all if null.</summary>
    public int? Limit { get; init; }

    /// <summary>The shape that images of a folder are read at; what most of them have if null.</summary>
    public Shape? ImageShape { get; init; }

    /// <summary>The shape that a folder's images are read at, given that of most of them; that itself if null.</summary>
    public Func<Shape, Shape>? Reshape { get; set; }

    /// <summary>The most bytes of memory that a folder's images take; half of what there is if null.</summary>
    public long? CacheLimit { get; init; }

    /// <summary>The classes that a folder may have; all its folders if null.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What is behind the transparent pixels of a folder's images.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>The pattern of a folder's files' names that says their classes; null for folders or a table.</summary>
    public string? ClassPattern { get; init; }

    /// <summary>The column of a table that holds texts; one that is called so if null.</summary>
    public string? TextColumn { get; init; }

    /// <summary>The column of a table that holds the classes; one that is called so if null.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The most threads to read with; 0 is one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>Where published data sets lie.</summary>
    public string? DataDirectory { get; init; }
}

/// <summary>A data set as the command line names it: built in, published, a folder of images, or a table of images or texts.</summary>
public abstract class DataSource : IDatasetSplitter
{
    /// <summary>The model for texts.</summary>
    private protected const string TextModel = "textcnn";

    private protected DataSource(DataRequest request) => Request = request;

    /// <summary>What it is called in messages and settings; a folder's full path.</summary>
    public abstract string Name { get; }

    /// <summary>A short name for the folder of a run.</summary>
    public virtual string ShortName => Name;

    /// <summary>The model that suits it when none is asked for.</summary>
    public abstract string DefaultModel { get; }

    /// <summary>What is asked of the data set. Nothing of it matters any more once a part has been opened.</summary>
    public DataRequest Request { get; }

    /// <summary>What was said of the data while they were read, a line each, for the report.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Says something of the data, and keeps it for the report.</summary>
    internal void Say(IProgress<RunEvent>? progress, string line)
    {
        (MessageKind kind, string text) = line.Split(": ", 2) switch
        {
            ["note", var note] => (MessageKind.Note, note),
            ["warning", var warning] => (MessageKind.Warning, warning),
            _ => (MessageKind.Information, line),
        };
        progress?.Report(new RunMessage(kind, text));
        Notes.Add(line);
    }

    /// <inheritdoc/>
    public virtual (Subset Training, Subset Held) Split(IDataset dataset, double share, ulong seed) => dataset.Split(share, seed);

    /// <inheritdoc/>
    public virtual IReadOnlyList<(Subset Training, Subset Held)> Folds(IDataset dataset, int folds, ulong seed) => dataset.Folds(folds, seed);

    /// <summary>Says what a person should know of the parts before a model learns from them.</summary>
    public virtual void Inspect(TrainingData data)
    {
    }

    /// <summary>Finds the data set of this name; nothing is read yet.</summary>
    /// <param name="name">What names it.</param>
    /// <param name="request">What is asked of it.</param>
    /// <param name="progress">Told how reading goes, and what is to be known of the data.</param>
    /// <param name="cancellation">Ends reading.</param>
    /// <exception cref="RunException">There is none.</exception>
    public static DataSource Find(string name, DataRequest request, IProgress<RunEvent>? progress = null, CancellationToken cancellation = default)
    {
        if (BuiltIn.Find(name) is { } builtIn)
            return new BuiltInSource(builtIn, request);
        if (DatasetCatalog.Entries.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } published)
            return new PublishedSource(published, request, progress, cancellation);
        if (TableFile.Find(name) is { } table)
            return new TableSource(name, table, request, progress, cancellation);
        if (ArraySource.Find(name, request) is { } arrays)
            return arrays;
        if (Directory.Exists(name) || File.Exists(name))
            return new FolderSource(name, request, progress, cancellation);
        throw new RunException($"no data set is called '{name}', and there is no such folder or archive{Nearest.Question(name, KnownNames)}; known are {string.Join(", ", KnownNames)}");
    }

    /// <summary>The names that need no folder.</summary>
    public static IEnumerable<string> KnownNames =>
        BuiltIn.Entries.Select(entry => entry.Name).Concat(DatasetCatalog.Entries.Select(entry => entry.Name));

    /// <summary>Reads a part, limited to as many samples as were asked for; null if the data set has no such part.</summary>
    public IDataset? Open(DataPart part) => Open(part, Request.Limit);

    /// <summary>Reads a part, limited to so many samples; null if the data set has no such part.</summary>
    protected abstract IDataset? Open(DataPart part, int? limit);

    /// <summary>A part that must be there.</summary>
    /// <exception cref="RunException">It is not.</exception>
    public IDataset Require(DataPart part) => Require(part, Request.Limit);

    /// <summary>A part that must be there, limited to so many samples.</summary>
    /// <exception cref="RunException">It is not.</exception>
    public IDataset Require(DataPart part, int? limit) => Open(part, limit)
        ?? throw new RunException($"the data set {Name} has no {part.ToString().ToLowerInvariant()} part");

    /// <summary>A part that must be there, of images.</summary>
    /// <exception cref="RunException">It is not, or it holds texts.</exception>
    public IDataset RequireImages(DataPart part) => Require(part) is var dataset && TextDataset.Find(dataset) is null ? dataset
        : throw new RunException($"{dataset.Name} holds texts; this is done to images only");

    /// <summary>So many samples, the classes in the same proportions; all if the limit is null.</summary>
    public static IDataset Limited(IDataset dataset, int? limit) =>
        limit < dataset.Count
            ? new Subset(dataset, [.. dataset.Split((double)limit.Value / dataset.Count, seed: 0).Validation.Indices], dataset.Name)
            : dataset;
}
