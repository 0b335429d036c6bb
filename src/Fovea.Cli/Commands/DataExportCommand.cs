using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Imaging;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea data export DATASET</c>: writes the images of a data set as PNG files, one folder a class.</summary>
internal sealed class DataExportCommand : FoveaCommand
{
    private readonly Argument<string> _dataset = new("DATASET") { Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder" };
    private readonly Option<string> _out = new("--out") { Description = "Folder to write to; it gets one sub-folder a class", HelpName = "FOLDER", Required = true };
    private readonly Option<string?> _split = Numbers.OneOf("--split", "Part of the data set (default: test)", ["train", "test"]);
    private readonly Option<int?> _limit = CommonOptions.Limit();
    private readonly Option<string?> _classPattern = CommonOptions.ClassPattern();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _json = CommonOptions.Json();

    public DataExportCommand(Terminal terminal)
        : base("export", "Write the images of a data set as PNG files, one folder a class.", terminal)
    {
        Add(_dataset);
        foreach (Option option in (Option[])[_out, _split, _limit, _classPattern, _dataDir, _json])
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea data export digits --out images --limit 20",
        "fovea data export shapes --split train --out shapes/train",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string folder = line.GetRequiredValue(_out);
        DataSource source = DataSource.Find(line.GetRequiredValue(_dataset), new DataRequest
        {
            Limit = line.GetValue(_limit),
            ClassPattern = line.GetValue(_classPattern),
            DataDirectory = line.GetValue(_dataDir),
        }, progress, Cancellation);
        IDataset dataset = source.RequireImages(line.GetValue(_split) == "train" ? DataPart.Train : DataPart.Test);
        string[] folders = [.. dataset.ClassNames.Select(name => Path.Combine(folder, FileName(name)))];
        foreach (string classFolder in folders)
            Directory.CreateDirectory(classFolder);
        var pixels = new float[dataset.ImageShape.Length];
        for (int i = 0; i < dataset.Count; i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            dataset.Read(i, pixels);
            ImageFile.SavePng(ToImage(pixels, dataset.ImageShape), Path.Combine(folders[dataset.Label(i)], i.ToString("00000", CultureInfo.InvariantCulture) + ".png"));
        }
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new FolderReport(dataset.Name, folder, dataset.Count), ReportJson.Readable.FolderReport);
        else
            Terminal.Print($"{Format.Count(dataset.Count)} images of {dataset.Name} are in {folder}");
        return ExitCode.Done;
    }

    /// <summary>From (C, H, W) in [0, 1] to (H, W, C) bytes.</summary>
    private static Image ToImage(ReadOnlySpan<float> pixels, Shape shape)
    {
        var image = new Image(shape.Width, shape.Height, shape.Channels);
        int plane = shape.Height * shape.Width;
        for (int i = 0; i < pixels.Length; i++)
            image.Pixels[i % plane * shape.Channels + i / plane] = (byte)Math.Round(255 * Math.Clamp(pixels[i], 0, 1));
        return image;
    }

    /// <summary>A class's name as a folder's: <c>T-shirt/top</c> is no path.</summary>
    private static string FileName(string name) =>
        string.Concat(name.Select(c => c is '/' or '\\' or ':' || Path.GetInvalidFileNameChars().Contains(c) ? '-' : c)) is var safe and not ("." or ".." or "") ? safe : "_";
}
