using System.CommandLine;
using System.Text.Json;
using Fovea.Cli.Datasets;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Cli.Running;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea train DATASET</c>: trains a network and saves it as a model.</summary>
internal sealed class TrainCommand : FoveaCommand
{
    private readonly Argument<string?> _dataset = new("DATASET")
    {
        Description = $"{string.Join(", ", DataSource.KnownNames)}, or a folder with one sub-folder per class (or train/ and test/ above those)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly TrainOptions _options = new();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<long?> _cacheLimit = CommonOptions.CacheLimit();
    private readonly Option<string?> _out = new("--out") { Description = "Folder of the run (default: runs/DATASET-PRESET or runs/DATASET-RECIPE, with a number when taken)", HelpName = "FOLDER" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with the run in --out, with the settings it was started with" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public TrainCommand(Terminal terminal)
        : base("train", "Train a network on a data set and save it as a model.", terminal)
    {
        Add(_dataset);
        foreach (Option option in _options.All.Concat([_threads, _dataDir, _cacheLimit, _out, _resume, _json]))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea train digits",
        "fovea train mnist --model lenet5 --epochs 10 --data-dir data",
        "fovea train --recipe mnist-fast",
        "fovea train photos/ --input 3x64x64 --validation 0.2 --out runs/photos",
        "fovea train --resume --out runs/photos",
    ];

    protected override int Execute(ParseResult line)
    {
        (TrainRun run, RunFolder folder) = line.GetValue(_resume) ? Resume(line) : Start(line);
        if (run.Execute() is not { } report)
        {
            Terminal.Say($"interrupted in {run.Position}; saved {folder.CheckpointPath}");
            Terminal.Say($"to go on: fovea train --resume --out {Format.Path(folder.Path)}");
            return ExitCode.Failed;
        }
        if (line.GetValue(_json))
            ReportJson.Print(Terminal, report, ReportJson.Readable.TrainReport);
        else
            TrainTables.Print(Terminal, report);
        return ExitCode.Done;
    }

    private (TrainRun, RunFolder) Start(ParseResult line)
    {
        string name = line.GetValue(_dataset)
            ?? throw CommandException.Usage($"a data set is missing: {string.Join(", ", DataSource.KnownNames)}, or a folder");
        DataSource source = Source(name, line, _options.Limit(line), _options.Input(line));
        TrainSettings settings = _options.Apply(line, ModelChoice.Recipe(_options.Model(line) ?? source.DefaultModel, source.Name));
        string path = line.GetValue(_out) ?? FreeFolder($"runs/{source.ShortName}-{settings.Recipe ?? settings.Model}");
        RequireNoRun(path);
        TrainingData data = TrainingData.Load(source, settings, Terminal);
        // Only now, so that a start that fails leaves no empty folder behind.
        RunFolder folder = NewFolder(path);
        return (TrainRun.Start(Terminal, settings, data, folder, line.GetValue(_threads)), folder);
    }

    private (TrainRun, RunFolder) Resume(ParseResult line)
    {
        string path = line.GetValue(_out) ?? throw CommandException.Usage("--resume needs --out, the folder of the run to go on with");
        var folder = RunFolder.Open(path);
        RunCheckpoint checkpoint = folder.LoadCheckpoint();
        TrainSettings settings = Stored(checkpoint.Settings, folder.CheckpointPath);
        _options.RequireAgreement(line, settings, path);
        DataSource source = Source(settings.Dataset, line, settings.Limit, settings.Input is { } input ? new Shape(input) : null);
        if (line.GetValue(_dataset) is { } given && Source(given, line, null, null).Name != settings.Dataset)
            throw CommandException.Usage($"{given} conflicts with the run in {path}, which learns from {settings.Dataset}; leave it out to go on with that run");
        TrainingData data = TrainingData.Load(source, settings, Terminal);
        return (TrainRun.Resume(Terminal, settings, data, folder, line.GetValue(_threads), checkpoint), folder);
    }

    private DataSource Source(string name, ParseResult line, int? limit, Shape? input) => DataSource.Find(name, new DataRequest
    {
        Limit = limit,
        ImageShape = input,
        Threads = line.GetValue(_threads) ?? 0,
        DataDirectory = line.GetValue(_dataDir),
        CacheLimit = line.GetValue(_cacheLimit),
    }, Terminal);

    private static TrainSettings Stored(string json, string path)
    {
        try
        {
            return (JsonSerializer.Deserialize(json, ReportJson.Default.TrainSettings) ?? throw new JsonException("nothing is there")).Check();
        }
        catch (Exception error) when (error is JsonException or CommandException or ArgumentException)
        {
            throw new CommandException($"{path}: the settings of the run do not fit: {error.Message}", error);
        }
    }

    /// <summary>What was trained before is never overwritten.</summary>
    private static void RequireNoRun(string path)
    {
        foreach (string file in (string[])["checkpoint.safetensors", "model.safetensors"])
            if (File.Exists(Path.Combine(path, file)))
                throw new CommandException($"{path} holds a run already ({file}); add --resume to go on with it, or choose another --out");
    }

    private static RunFolder NewFolder(string path)
    {
        try
        {
            return RunFolder.Create(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write to {path}: {FoveaApp.OneLine(error.Message)}; choose another --out", error);
        }
    }

    /// <summary>The folder, or with the first number behind it that is not taken.</summary>
    internal static string FreeFolder(string path)
    {
        string free = path;
        for (int number = 2; Path.Exists(free); number++)
            free = $"{path}-{number}";
        return free;
    }
}
