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
using Fovea.Training;

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
        "fovea train photos/ --from runs/shapes/model.safetensors --freeze conv1",
        "fovea train mnist --recipe mnist-fast --runs 5 --tta shift",
        "fovea train --resume --out runs/photos",
    ];

    public override IReadOnlyList<(string Heading, string[] Options)> Groups =>
    [
        ("Data", ["--input", "--background", "--class-pattern", "--validation", "--test", "--balance", "--limit", "--data-dir", "--cache-limit"]),
        ("Network", ["--model", "--network", "--from", "--freeze", "--no-limits"]),
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
        var clock = new RunClock();
        (DataSource source, TrainSettings settings) = _line.Begin(line, progress, Cancellation);
        settings = _series.Apply(line, settings);
        SeriesPlan? plan = _series.Plan(line, settings);
        // Before the data are read, which takes its time: another process may be about to take the same folder.
        using RunClaim claim = line.GetValue(_out) is { } asked ? RunClaim.New(asked)
            : RunClaim.Free($"runs/{source.ShortName}-{FolderName(settings.Recipe ?? settings.Model)}{plan?.Suffix}");
        string path = claim.Path;
        if (plan is not null)
            return Finish(line, new RunSeries(plan, path, own => TrainingData.Load(source, own, progress), Context(line, progress)), path);
        TrainingData data = TrainingData.Load(source, settings, progress);
        return Finish(line, TrainRun.Start(settings, data, claim.Folder, Context(line, progress)), claim.Folder, clock, isResumed: false);
    }

    /// <summary>A network's name comes from a file, which may have been a stranger's: it leads to no other folder.</summary>
    private static string FolderName(string network) => string.Concat(network.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));

    private int Resume(ParseResult line, IProgress<RunEvent> progress)
    {
        var clock = new RunClock();
        string path = line.GetValue(_out) ?? throw CommandException.Usage("--resume needs --out, the folder of the run to go on with");
        using RunClaim? claim = Directory.Exists(path) ? RunClaim.Existing(path) : null;
        if (SummaryFile.Exists(path))
        {
            SeriesSummary before = SummaryFile.Load(path);
            var plan = new SeriesPlan(before.Kind, before.Count, before.Settings);
            DataSource parts = StoredSource(line, before.Settings, plan, path, progress);
            return Finish(line, new RunSeries(plan, path, own => TrainingData.Load(parts, own, progress), Context(line, progress), before), path);
        }
        var folder = RunFolder.Open(path);
        RunCheckpoint checkpoint = folder.LoadCheckpoint();
        var settings = TrainSettings.Read(checkpoint.Settings, folder.CheckpointPath);
        TrainingData data = TrainingData.Load(StoredSource(line, settings, null, path, progress), settings, progress);
        return Finish(line, TrainRun.Resume(settings, data, folder, Context(line, progress), checkpoint), folder, clock, isResumed: true);
    }

    /// <summary>The data set of a run that goes on.</summary>
    /// <exception cref="CommandException">The line asks for another one, or for anything else that the run does not do.</exception>
    private DataSource StoredSource(ParseResult line, TrainSettings settings, SeriesPlan? plan, string path, IProgress<RunEvent> progress)
    {
        _line.Settings.RequireAgreement(line, settings, path);
        _series.RequireAgreement(line, settings, plan, path);
        if (line.GetValue(_line.Dataset) is { } given && _line.Source(given, line, null, null, settings.Ground, settings.ClassPattern, progress, Cancellation).Name != settings.Dataset)
            throw CommandException.Usage($"{given} conflicts with the run in {path}, which learns from {settings.Dataset}; leave it out to go on with that run");
        return _line.Source(settings.Dataset, line, settings.Limit, settings.Input is { } input ? new Shape(input) : null, settings.Ground, settings.ClassPattern, progress, Cancellation);
    }

    private RunContext Context(ParseResult line, IProgress<RunEvent> progress) => new()
    {
        Command = CommandLine,
        Threads = _line.Threads(line),
        Progress = progress,
        Cancellation = Cancellation,
    };

    private int Finish(ParseResult line, TrainRun run, RunFolder folder, RunClock clock, bool isResumed)
    {
        if (run.Execute() is not { } report)
            return Interrupted(run.Position, folder.CheckpointPath, folder.Path);
        TrySummary(folder.Path, run.Summary(Path.GetFileName(Path.GetFullPath(folder.Path)), report, clock.Elapsed with { SinceResumed = isResumed }), report.Settings);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, report, ReportJson.Readable.TrainReport);
        else
            TrainTables.Print(Terminal, report);
        return ExitCode.Done;
    }

    private int Finish(ParseResult line, RunSeries series, string path)
    {
        if (series.Execute() is not { } summary)
            return Interrupted(series.Position, path, path);
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, summary, ReportJson.Readable.SeriesSummary);
        else
            SeriesTable.Print(Terminal, summary);
        return ExitCode.Done;
    }

    private int Interrupted(string position, string saved, string folder)
    {
        Terminal.Say($"interrupted in {position}; saved {saved}");
        Terminal.Say($"to go on: fovea train --resume --out {Format.Path(folder)}");
        return ExitCode.Failed;
    }

    /// <summary>The model is safe already, so a summary that cannot be written does not fail the run.</summary>
    private void TrySummary(string folder, RunSummary run, TrainSettings settings)
    {
        try
        {
            SummaryFile.Write(folder, SeriesSummary.Of(new SeriesPlan(SeriesKind.Single, 1, settings), [run], null, CommandLine));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Terminal.Say($"warning: the summary cannot be written: {ErrorText.OneLine(error.Message)}");
        }
    }
}
