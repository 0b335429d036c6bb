using System.Globalization;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Imaging.Folders;
using Fovea.Runs.Text;

namespace Fovea.Runs.Datasets;

/// <summary>A table of labelled images or texts, a row each.</summary>
internal sealed class TableSource(string path, TableFile table, DataRequest request, IProgress<RunEvent>? progress, CancellationToken cancellation) : DataSource(request)
{
    private const int FewRows = 16;
    private Dictionary<DataPart, IDataset>? _parts;
    private bool _isText;

    /// <inheritdoc/>
    public override string Name { get; } = Path.GetFullPath(path);

    /// <inheritdoc/>
    public override string ShortName => Path.GetFileNameWithoutExtension(Name);

    /// <inheritdoc/>
    public override string DefaultModel => Parts.Count > 0 && _isText ? TextModel : "convnet-basic";

    private Dictionary<DataPart, IDataset> Parts => _parts ??= Load();

    /// <inheritdoc/>
    protected override IDataset? Open(DataPart part, int? limit) => Parts.TryGetValue(part, out IDataset? dataset) ? Limited(dataset, limit) : null;

    /// <summary>Texts of the same words stay together, since one that was learnt is no test.</summary>
    public override (Subset Training, Subset Held) Split(IDataset dataset, double share, ulong seed) => Duplicates.SplitTogether(dataset, share, seed);

    /// <inheritdoc/>
    public override IReadOnlyList<(Subset Training, Subset Held)> Folds(IDataset dataset, int folds, ulong seed) => Duplicates.FoldsTogether(dataset, folds, seed);

    private Dictionary<DataPart, IDataset> Load()
    {
        TableColumns? columns = null;
        string[] names = [];
        var pixels = new PixelText(table.Name);
        var samples = new Dictionary<DataPart, Samples>();
        int empty = 0;
        foreach ((int row, string[] fields) in table.Rows())
        {
            cancellation.ThrowIfCancellationRequested();
            if (columns is null)
            {
                columns = TableColumns.Find(fields, table.Name, Request.TextColumn, Request.LabelColumn);
                names = fields;
                if (columns.IsNamed)
                    continue;
            }
            if (fields.Length != names.Length)
                throw new DataFormatException($"{table.Name}, row {row}: {fields.Length} columns, where the first row has {names.Length}");
            string label = fields[columns.Label].Trim();
            string text = columns.Text is { } column ? fields[column] : "";
            if (columns.Text is not null && (label.Length == 0 || string.IsNullOrWhiteSpace(text)))
            {
                empty++;
                continue;
            }
            if (label.Length == 0)
                throw new DataFormatException($"{table.Name}, row {row}, column {columns.Label + 1}: the label is missing");
            DataPart part = columns.Part is { } place ? PartOf(fields[place], row) : DataPart.Train;
            if (!samples.TryGetValue(part, out Samples? own))
                samples.Add(part, own = new Samples());
            own.Labels.Add(ComposedText.Of(label));
            if (columns.Text is not null)
                own.Texts.Add(text);
            else
                own.Pixels.Add(pixels.Read([.. columns.Pixels.Select(index => fields[index])], row));
        }
        if (samples.Count == 0)
            throw new DataFormatException($"{table.Name} has no rows with a label and something to learn from");
        _isText = columns!.Text is not null;
        if (empty > 0)
            Say(progress, $"note: {Format.Count(empty)} {(empty == 1 ? "row" : "rows")} without a text or a label left out");
        string[] classes = Classes(samples.Values, out Func<string, string> named, isEmotion: columns.IsNamed && names[columns.Label].Trim().Equals("emotion", StringComparison.OrdinalIgnoreCase));
        int total = samples.Values.Sum(part => part.Labels.Count), different = samples.Values.SelectMany(part => part.Labels).Distinct().Count();
        // Nothing can be learnt of classes with one sample each; most often it is a number or another text.
        if (total > FewRows && different > total / 2)
            throw new RunException($"{table.Name}: {different} different labels for {total} rows; --label says which column holds the classes");
        Say(progress, $"{table.Name}: {string.Join(", ", samples.OrderBy(part => part.Key).Select(part => $"{Format.Count(part.Value.Labels.Count)} {(_isText ? "texts" : "images")}{(samples.Count > 1 ? $" for {Word(part.Key)}" : "")}"))} of {classes.Length} classes"
            + (columns.IsNamed ? $" (columns {Printable.Escape(string.Join(" and ", _isText ? [names[columns.Text!.Value].Trim(), names[columns.Label].Trim()] : new[] { names[columns.Label].Trim() }))})" : ""));
        return samples.ToDictionary(part => part.Key, part => part.Value.ToDataset(samples.Count == 1 ? ShortName : $"{ShortName}/{Word(part.Key)}", classes, named, pixels));
    }

    private DataPart PartOf(string word, int row) => word.Trim().ToLowerInvariant() switch
    {
        "training" or "train" => DataPart.Train,
        "publictest" or "validation" or "valid" or "val" or "dev" => DataPart.Validation,
        "privatetest" or "test" or "testing" => DataPart.Test,
        _ => throw new DataFormatException($"{table.Name}, row {row}: {Printable.Quote(Printable.Shorten(word))} is no part; right would be Training, PublicTest or PrivateTest, or train, validation or test"),
    };

    private static string Word(DataPart part) => part.ToString().ToLowerInvariant();

    /// <summary>The classes: those asked for if the labels are among them, numbers in their order, names in that of the alphabet.</summary>
    private string[] Classes(IEnumerable<Samples> parts, out Func<string, string> named, bool isEmotion)
    {
        string[] labels = [.. parts.SelectMany(part => part.Labels).Distinct()];
        bool areNumbers = labels.All(label => int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        if (isEmotion && areNumbers && labels.All(label => int.Parse(label, CultureInfo.InvariantCulture) is >= 0 and var number && number < TableColumns.Emotions.Count))
        {
            named = label => TableColumns.Emotions[int.Parse(label, CultureInfo.InvariantCulture)];
            return [.. TableColumns.Emotions];
        }
        named = label => label;
        if (Request.ClassNames is { } asked && labels.All(asked.Contains))
            return [.. asked];
        return [.. areNumbers ? labels.OrderBy(label => int.Parse(label, CultureInfo.InvariantCulture)) : labels.Order(StringComparer.Ordinal)];
    }

    private sealed class Samples
    {
        public List<string> Labels { get; } = [];

        public List<string> Texts { get; } = [];

        public List<byte[]> Pixels { get; } = [];

        public IDataset ToDataset(string name, string[] classes, Func<string, string> named, PixelText pixels)
        {
            Dictionary<string, int> numbers = classes.Select((label, number) => (label, number)).ToDictionary(pair => pair.label, pair => pair.number);
            int[] labels = [.. Labels.Select(label => numbers[named(label)])];
            if (Texts.Count > 0)
                return new TextDataset(name, Texts, labels, classes);
            if ((long)Pixels.Count * pixels.Shape!.Value.Length > Array.MaxLength)
                throw new DataFormatException($"{name}: {Pixels.Count} images of {pixels.Shape} do not fit into memory");
            return new MemoryDataset(name, pixels.Shape.Value, classes, [.. Pixels.SelectMany(image => image)], labels);
        }
    }
}
