using System.Globalization;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Imaging.Folders;
using Fovea.Runs.Text;

namespace Fovea.Runs.Datasets;

/// <summary>A folder of images: one sub-folder a class, or <c>train/</c> and <c>test/</c> or <c>val/</c> above these.</summary>
internal sealed class FolderSource(string path, DataRequest request, IProgress<RunEvent>? progress, CancellationToken cancellation) : DataSource(request)
{
    private const int NamedClasses = 30;
    private const double Unequal = 1.5;
    private ImageFolderData? _data;
    private int _read;

    /// <inheritdoc/>
    public override string Name { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <inheritdoc/>
    public override string ShortName => ImageFolder.NameOf(Name) is { Length: > 0 } name ? name : "folder";

    /// <inheritdoc/>
    public override string DefaultModel => ImageTrainingOptions.DefaultPreset;

    /// <inheritdoc/>
    protected override IDataset? Open(DataPart part, int? limit)
    {
        _data ??= Load();
        IDataset? dataset = part switch
        {
            DataPart.Train => _data.Train,
            DataPart.Validation => _data.Validation,
            _ => _data.Test,
        };
        return dataset is null ? null : Limited(dataset, limit);
    }

    /// <summary>Files of equal bytes stay together, since a image that was learnt is no test.</summary>
    public override (Subset Training, Subset Held) Split(IDataset dataset, double share, ulong seed) => Duplicates.SplitTogether(dataset, share, seed);

    /// <inheritdoc/>
    public override IReadOnlyList<(Subset Training, Subset Held)> Folds(IDataset dataset, int folds, ulong seed) => Duplicates.FoldsTogether(dataset, folds, seed);

    /// <inheritdoc/>
    public override void Inspect(TrainingData data)
    {
        // Of several runs on one data set, each has its own.
        Notes.RemoveRange(_read, Notes.Count - _read);
        ClassBalance balance = ClassBalance.Of(data.Training);
        IEnumerable<string> classes = data.Training.ClassNames.Select((name, c) => $"{name} {Format.Count(balance.Counts[c])}");
        Say($"to learn from: {string.Join(", ", classes.Take(NamedClasses))}{(balance.Counts.Count > NamedClasses ? $" and {balance.Counts.Count - NamedClasses} classes more" : "")}");
        if (balance.Ratio >= Unequal)
            Say(string.Create(CultureInfo.InvariantCulture, $"note: the largest class has {balance.Ratio:0.#} times the samples of the smallest; --balance weights or --balance sampling makes up for that"));
        IReadOnlyList<DuplicateFiles> duplicates = Duplicates.Across(data.Training, data.Validation, data.Test);
        foreach (string line in FolderRemarks.List(duplicates.Count, duplicates.Count == 1 ? "image is in two parts, which flatters the result, or in two classes:" : "images are in two parts, which flatters the result, or in two classes:",
            duplicates.Select(pair => $"{pair.Second} is {pair.First}{(pair.SameClass ? "" : ", of another class")}")))
            Say(line);
    }

    private ImageFolderData Load()
    {
        var options = new ImageFolderOptions
        {
            ImageShape = Request.ImageShape,
            Reshape = Request.Reshape,
            ClassNames = Request.ClassNames,
            Background = Request.Background,
            ClassPattern = Request.ClassPattern,
            Threads = Request.Threads,
        };
        ImageFolderData data = ImageFolder.Load(
            path, Request.CacheLimit is { } bytes ? options with { CacheBytes = bytes } : options, progress is null ? null : new Reading(progress), cancellation);
        foreach (string line in FolderRemarks.Of(data, ShortName, Request.Background, "--background"))
            Say(line);
        _read = Notes.Count;
        return data;
    }

    private void Say(string line) => Say(progress, line);

    /// <summary>Unlike <see cref="Progress{T}"/>, at once and in order.</summary>
    private sealed class Reading(IProgress<RunEvent> progress) : IProgress<ImageFolderProgress>
    {
        public void Report(ImageFolderProgress value) => progress.Report(new ReadingProgress(value.Done, value.Total));
    }
}
