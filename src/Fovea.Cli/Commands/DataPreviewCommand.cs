using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Imaging;
using Fovea.Imaging.Sheets;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Pages;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea data preview DATASET</c>: shows what augmentation makes of some images.</summary>
internal sealed class DataPreviewCommand : FoveaCommand
{
    private const int DefaultCount = 8, DefaultVariants = 8;
    private const ulong DefaultSeed = 1;

    private readonly Argument<string> _dataset = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder" };
    private readonly Option<string> _out = new("--out") { Description = "The PNG file to write", HelpName = "FILE.png", Required = true };
    private readonly Option<string?> _augment = AugmentOption.Make();
    private readonly Option<int?> _count = Numbers.Whole("--count", $"How many images are shown, all classes alike (default: {DefaultCount})");
    private readonly Option<int?> _variants = Numbers.Whole("--variants", $"How many variants of each are shown (default: {DefaultVariants})");
    private readonly Option<Shape?> _input = CommonOptions.Input();
    private readonly Option<ulong?> _seed = Numbers.Seed("--seed", $"Same seed, same variants (default: {DefaultSeed})");
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _json = CommonOptions.Json();

    public DataPreviewCommand(Terminal terminal)
        : base("preview", "Write a sheet of images of a data set and of what augmentation makes of them.", terminal)
    {
        Add(_dataset);
        foreach (Option option in (Option[])[_out, _augment, _count, _variants, _input, _classPattern, _seed, _dataDir, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea data preview mnist --augment digits --out sheet.png",
        "fovea data preview photos/ --augment flip,rotate:10,cutout:16,border:mirror --out sheet.png --count 12",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        Augmenter augmenter = Augmenter.Parse(line.GetValue(_augment) ?? "none");
        string path = line.GetRequiredValue(_out);
        if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            throw CommandException.Usage($"--out must end in .png, got {path}");
        ReportFile.RequireFolder(path, _out.Name, "the sheet");
        DataSource source = DataSource.Find(line.GetRequiredValue(_dataset), new DataRequest
        {
            ImageShape = line.GetValue(_input),
            ClassPattern = line.GetValue(_classPattern),
            DataDirectory = line.GetValue(_dataDir),
        }, progress, Cancellation);
        IDataset dataset = source.RequireImages(DataPart.Train);
        if (line.GetValue(_input) is { } input)
            dataset = DatasetAdapter.Fit(dataset, input);
        int[] samples = OneOfEachClass(dataset, line.GetValue(_count) ?? DefaultCount);
        int variants = line.GetValue(_variants) ?? DefaultVariants;
        if ((long)samples.Length * variants * dataset.ImageShape.Length > Array.MaxLength / 12)
            throw CommandException.Usage($"{samples.Length} images of {Format.Size(dataset.ImageShape)} with {variants} variants are too many for one sheet; --count and --variants ask for fewer");
        ImageFile.SavePng(Draw(dataset, samples, variants, augmenter, line.GetValue(_seed) ?? DefaultSeed).Render(), path);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new FolderReport(dataset.Name, path, samples.Length), ReportJson.Readable.FolderReport);
        else
            Terminal.Print($"{samples.Length} images of {dataset.Name}, each with {variants} variants, are in {path}");
        return ExitCode.Done;
    }

    /// <summary>The first sample of every class, then the second of every class, and so on.</summary>
    private static int[] OneOfEachClass(IDataset dataset, int count) =>
    [
        .. Enumerable.Range(0, dataset.Count).GroupBy(dataset.Label).OrderBy(group => group.Key)
            .SelectMany(group => group.Take(count).Select((sample, turn) => (sample, turn, group.Key)))
            .OrderBy(item => item.turn).ThenBy(item => item.Key).Take(count).Select(item => item.sample),
    ];

    private static ContactSheet Draw(IDataset dataset, int[] samples, int variants, Augmenter augmenter, ulong seed)
    {
        Shape shape = dataset.ImageShape;
        var canvas = new Canvas(shape, augmenter.Border, Normalization.Of(new Subset(dataset, samples)).Mean);
        var rows = samples.Select(_ => new List<float[]>()).ToList();
        for (int variant = -1; variant < variants; variant++)
        {
            var images = new float[samples.Length * shape.Length];
            for (int i = 0; i < samples.Length; i++)
            {
                dataset.Read(samples[i], canvas.Start());
                if (variant >= 0)
                    augmenter.Apply(canvas, seed, variant, (ulong)samples[i]);
                canvas.Pixels.CopyTo(images.AsSpan(i * shape.Length));
            }
            if (variant >= 0)
                augmenter.Mix(images, shape, new float[samples.Length], seed, variant, first: 0);
            for (int i = 0; i < samples.Length; i++)
                rows[i].Add(images.AsSpan(i * shape.Length, shape.Length).ToArray());
        }
        var sheet = new ContactSheet(shape, ["original", .. Enumerable.Range(1, variants).Select(variant => $"{variant}")]);
        for (int i = 0; i < samples.Length; i++)
            sheet.Add(dataset.ClassNames[dataset.Label(samples[i])], rows[i]);
        return sheet;
    }
}
