using System.CommandLine;
using Fovea.Imaging;
using Fovea.Networks.Text;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Cli.Options;

/// <summary>What commands that train read from their line: the data set, and all that decides how a run goes.</summary>
internal sealed class TrainArguments
{
    private readonly Argument<string?> _dataset = new("DATASET")
    {
        Description = $"{string.Join(", ", DataSource.KnownNames)}, a folder with one sub-folder per class (or train/ and test/ above those), or a table of images or texts (CSV, TSV, JSON lines)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDir = CommonOptions.DataDir();
    private readonly Option<bool> _noLimits = CommonOptions.NoLimits();
    private readonly Option<long?> _cacheLimit = CommonOptions.CacheLimit();

    /// <summary>The argument that names the data set.</summary>
    public Argument<string?> Dataset => _dataset;

    /// <summary>The settings' own options.</summary>
    public TrainOptions Settings { get; } = new();

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => Settings.All.Concat([_threads, _dataDir, _cacheLimit, _noLimits]);

    /// <summary>The threads that were asked for.</summary>
    public int? Threads(ParseResult line) => line.GetValue(_threads);

    /// <summary>A data set as the line wants it read.</summary>
    public DataSource Source(
        string name, ParseResult line, int? limit, Shape? input, Colour background, string? classPattern, (string? Text, string? Label) columns, IProgress<RunEvent> progress, CancellationToken cancellation)
    {
        var request = new DataRequest
        {
            Limit = limit,
            ImageShape = input,
            Background = background,
            ClassPattern = classPattern,
            TextColumn = columns.Text,
            LabelColumn = columns.Label,
            Threads = line.GetValue(_threads) ?? 0,
            DataDirectory = line.GetValue(_dataDir),
            CacheLimit = line.GetValue(_cacheLimit),
        };
        return DataSource.Find(name, request, progress, cancellation);
    }

    /// <summary>The data set and the settings of a new run.</summary>
    /// <exception cref="CommandException">The data set is missing or unknown, or options do not go together.</exception>
    public (DataSource Source, TrainSettings Settings) Begin(ParseResult line, IProgress<RunEvent> progress, CancellationToken cancellation)
    {
        string name = line.GetValue(_dataset)
            ?? throw CommandException.Usage($"a data set is missing: {string.Join(", ", DataSource.KnownNames)}, a folder or a table");
        Model? start = Settings.From(line) is { } from ? StartingModel.Load(from, line.GetValue(_noLimits), progress, Settings.FromSource(line)) : null;
        (string Path, NetworkText Text)? own = Settings.Network(line);
        Shape? input = start?.Network.InputShape ?? Settings.Input(line) ?? own?.Text.InputShape;
        Colour background = Settings.Background(line) ?? (start is null ? Colour.White : Colour.BackgroundOf(start));
        DataSource source = Source(name, line, Settings.Limit(line), input, background, Settings.ClassPattern(line), Settings.Columns(line), progress, cancellation);
        string preset = (start?.Network.Name ?? own?.Text.Name) is { } network ? StartingModel.RecipeOf(network, source.DefaultModel)
            : Settings.Model(line) ?? source.DefaultModel;
        TrainSettings recipe = PresetChoice.Recipe(preset, source.Name);
        if (start is not null)
            recipe = Settings.Transfer(line, recipe) with { Model = start.Network.Name, From = Settings.From(line), Input = start.Network.InputShape.ToArray() };
        if (own is (var path, var text))
            recipe = recipe with { Model = text.Name, Network = text.Source, NetworkPath = path, Input = input?.ToArray() };
        return (source, Settings.Apply(line, recipe with { Background = background.ToString() }));
    }
}
