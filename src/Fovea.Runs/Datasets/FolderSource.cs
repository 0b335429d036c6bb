using System.Globalization;
using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Runs.Text;

namespace Fovea.Runs.Datasets;

/// <summary>A folder of pictures: one sub-folder a class, or <c>train/</c> and <c>test/</c> or <c>val/</c> above these.</summary>
internal sealed class FolderSource(string path, DataRequest request, IProgress<RunEvent>? progress, CancellationToken cancellation) : DataSource(request)
{
    private const int NamedFiles = 20, NamedClasses = 30;
    private const double Unequal = 1.5;
    private ImageFolderData? _data;
    private int _read;

    /// <inheritdoc/>
    public override string Name { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <inheritdoc/>
    public override string ShortName => ImageFolder.NameOf(Name) is { Length: > 0 } name ? name : "folder";

    /// <inheritdoc/>
    public override string DefaultModel => "convnet-basic";

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

    /// <summary>Files of equal bytes stay together, since a picture that was learnt is no test.</summary>
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
        Report(duplicates.Count, duplicates.Count == 1 ? "image is in two parts, which flatters the result, or in two classes:" : "images are in two parts, which flatters the result, or in two classes:",
            duplicates.Select(pair => $"{pair.Second} is {pair.First}{(pair.SameClass ? "" : ", of another class")}"));
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
        Say($"{ShortName}: {data.Layout}");
        int unclear = data.NotUnderstood.Sum(files => files.Files);
        Report(unclear, unclear == 1 ? "image is not used, since nothing says what it shows:" : "images are not used, since nothing says what they show:", data.NotUnderstood.Select(Line));
        PassedOverFiles[] folders = [.. data.PassedOver.Where(files => Path.EndsInDirectorySeparator(files.Path))], files = [.. data.PassedOver.Except(folders)];
        Report(folders.Length, folders.Length == 1 ? "folder is passed over:" : "folders are passed over:", folders.Select(Line));
        if (files.Length > 0)
            Say($"note: {Format.Count(files.Sum(group => group.Files))} other {(files.Sum(group => group.Files) == 1 ? "file is" : "files are")} passed over: {string.Join("; ", files.GroupBy(group => group.Reason).Select(reason => $"{reason.Key}: {Line(reason)}"))}");
        foreach (string note in data.Notes)
            Say($"note: {note}");
        Report(data.Skipped.Count, data.Skipped.Count == 1 ? "image cannot be read and is left out:" : "images cannot be read and are left out:", data.Skipped.Select(file => $"{file.Path}: {file.Reason}"));
        if (data.Faulty is [FaultyFile faulty, ..])
            Say($"note: {data.Faulty.Count} {(data.Faulty.Count == 1 ? "image has faults that were passed over:" : "images have faults that were passed over, such as")} {Printable.Escape(faulty.Path)}: {string.Join(", ", faulty.Notes)}");
        if (data.Transparent > 0)
            Say($"note: {data.Transparent} {(data.Transparent == 1 ? "image has" : "images have")} transparent parts, which are seen on {Request.Background}");
        foreach (PlainClass plain in data.PlainClasses)
            Say($"warning: {plain.Plain} of {plain.Images} images of class {plain.Name} are of one colour when they are {Format.Size(data.Train.ImageShape)}, so there is nothing to tell them by{(data.Transparent > 0 ? "; another --background may show what is on them" : "")}");
        _read = Notes.Count;
        return data;
    }

    private static string Line(PassedOverFiles files) =>
        $"{Printable.Escape(files.Path)}{(files.Files > 1 ? $" ({Format.Count(files.Files)} files)" : "")}: {files.Reason}";

    private static string Line(IEnumerable<PassedOverFiles> files) =>
        $"{Printable.Escape(files.First().Path)}{(files.Sum(group => group.Files) is > 1 and var count ? $" and {Format.Count(count - 1)} more" : "")}";

    /// <summary>Says it, and keeps it for the report.</summary>
    private void Say(string line)
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

    /// <summary>Names files with what is to be said of them, though not thousands.</summary>
    private void Report(int count, string what, IEnumerable<string> items)
    {
        if (count == 0)
            return;
        Say($"note: {count} {what}");
        foreach (string item in items.Take(NamedFiles))
            Say($"  {item}");
        if (count > NamedFiles)
            Say($"  and {count - NamedFiles} more");
    }

    /// <summary>Unlike <see cref="Progress{T}"/>, at once and in order.</summary>
    private sealed class Reading(IProgress<RunEvent> progress) : IProgress<ImageFolderProgress>
    {
        public void Report(ImageFolderProgress value) => progress.Report(new ReadingProgress(value.Done, value.Total));
    }
}
