using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Reports;
using Fovea.Runs.Series;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Runs.Training;
using Fovea.Tensors;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea train DATASET</c>: trains a network and saves it as a model.</summary>
internal sealed class TrainCommand : FoveaCommand
{
    private readonly TrainArguments _line;
    private readonly SeriesOptions _series = new();
    private readonly Option<string?> _out = new("--out") { Description = "Folder of the run (default: runs/DATASET-PRESET or runs/DATASET-RECIPE, with a number when taken)", HelpName = "FOLDER" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with the run in --out, with the settings it was started with" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public TrainCommand(Terminal terminal)
        : base("train", "Train a network on a data set and save it as a model.", terminal)
    {
        _line = new TrainArguments();
        Add(_line.Dataset);
        foreach (Option option in _line.All.Concat(_series.All).Concat([_out, _resume, _json]))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea train digits",
        "fovea train mnist --model lenet5 --epochs 10 --data-dir data",
        "fovea train --recipe mnist-fast",
        "fovea train photos/ --input 3x64x64 --validation 0.2 --out runs/photos",
        "fovea train photos/ --network net.txt",
        "fovea train photos/ --folds 5",
        "fovea train photos/ --from resnet18.onnx --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225",
        "fovea train photos/ --from resnet18.safetensors --unfreeze --epochs 10 --augment photos",
        "fovea train mnist --recipe mnist-fast --runs 5 --tta shift",
        "fovea train faces.csv",
        "fovea train reviews.csv --text text --label label",
        "fovea train --resume --out runs/photos",
    ];

    public override IReadOnlyList<(string Heading, string[] Options)> Groups =>
    [
        ("Data", ["--input", "--background", "--class-pattern", "--text", "--label", "--vocabulary", "--length", "--validation", "--test", "--balance", "--limit", "--data-dir", "--cache-limit"]),
        ("Network", ["--model", "--network", "--embedding", "--vectors", "--no-limits"]),
        ("Transfer learning", ["--from", "--cut", "--variants", "--unfreeze", "--head-epochs", "--lr-backbone", "--freeze", "--channels", "--scale", "--mean", "--std", "--input-size"]),
        ("Optimization", [
            "--recipe", "--epochs", "--batch-size", "--accumulate", "--drop-last", "--patience", "--loss", "--label-smoothing", "--clip", "--ema",
            "--optimizer", "--lr", "--momentum", "--nesterov", "--beta1", "--beta2", "--weight-decay", "--lookahead"]),
        ("Learning rate schedule", ["--schedule", "--warmup", "--peak-at", "--start-factor", "--end-factor", "--gamma", "--stair", "--period", "--growth"]),
        ("Augmentation", ["--augment"]),
        ("Evaluation", ["--folds", "--runs", "--tta"]),
        ("Run", ["--out", "--resume", "--seed", "--threads", "--json"]),
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress) => line.GetValue(_resume) ? Resume(line, progress) : Start(line, progress);

    private int Start(ParseResult line, IProgress<RunEvent> progress)
    {
        (DataSource source, TrainSettings settings) = _line.Begin(line, progress, Cancellation);
        settings = _series.Apply(line, settings);
        SeriesPlan? plan = _series.Plan(line, settings);
        // Before the data are read, which takes its time: another process may be about to take the same folder.
        using TrainingJob job = line.GetValue(_out) is { } asked ? TrainingJob.Create(settings, asked, plan) : TrainingJob.Create(settings, source, plan);
        return Finish(line, job, source, progress);
    }

    private int Resume(ParseResult line, IProgress<RunEvent> progress)
    {
        using var job = TrainingJob.Reopen(line.GetValue(_out) ?? throw CommandException.Usage("--resume needs --out, the folder of the run to go on with"));
        return Finish(line, job, StoredSource(line, job, progress), progress);
    }

    /// <summary>The data set of a run that goes on.</summary>
    /// <exception cref="CommandException">The line asks for another one, or for anything else that the run does not do.</exception>
    private DataSource StoredSource(ParseResult line, TrainingJob job, IProgress<RunEvent> progress)
    {
        TrainSettings settings = job.Settings;
        _line.Settings.RequireAgreement(line, settings, job.Folder);
        _series.RequireAgreement(line, settings, job.Plan, job.Folder);
        if (line.GetValue(_line.Dataset) is { } given && _line.Source(given, line, null, null, settings.Ground, settings.ClassPattern, (settings.TextColumn, settings.LabelColumn), progress, Cancellation).Name != settings.Dataset)
            throw CommandException.Usage($"{given} conflicts with the run in {job.Folder}, which learns from {settings.Dataset}; leave it out to go on with that run");
        return _line.Source(settings.Dataset, line, settings.Limit, settings.Input is { } input ? new Shape(input) : null, settings.Ground, settings.ClassPattern, (settings.TextColumn, settings.LabelColumn), progress, Cancellation);
    }

    private int Finish(ParseResult line, TrainingJob job, DataSource source, IProgress<RunEvent> progress)
    {
        var context = new RunContext
        {
            Command = CommandLine,
            Threads = _line.Threads(line),
            Progress = progress,
            Cancellation = Cancellation,
        };
        if (!job.Execute(source, context))
        {
            Terminal.Say($"interrupted in {job.Position}; saved {job.Saved}");
            Terminal.Say($"to go on: fovea train --resume --out {Format.Path(job.Folder)}");
            return ExitCode.Failed;
        }
        if (job.Series is { } series && line.GetValue(_json))
            JsonOutput.Print(Terminal, series, ReportJson.Readable.SeriesSummary);
        else if (job.Series is { } runs)
            SeriesTable.Print(Terminal, runs);
        else if (line.GetValue(_json))
            JsonOutput.Print(Terminal, job.Run!, ReportJson.Readable.TrainReport);
        else
            TrainTables.Print(Terminal, job.Run!);
        return ExitCode.Done;
    }
}
