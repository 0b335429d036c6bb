using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Runs;
using Fovea.Runs.Datasets;
using Fovea.Runs.Pages;
using Fovea.Runs.Reports;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Runs.Training;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea find-lr DATASET</c>: tries learning rates from far too small to far too large, and suggests one.</summary>
internal sealed class FindRateCommand : FoveaCommand
{
    private readonly TrainArguments _line;
    private readonly Option<double?> _lowest = Numbers.Positive("--lowest", "First learning rate (default: 1e-7)");
    private readonly Option<double?> _highest = Numbers.Positive("--highest", "Last learning rate, if the loss does not explode before (default: 10)");
    private readonly Option<int?> _steps = Numbers.Whole("--steps", "How many rates to try, one batch each (default: 100)", RateRange.MinSteps);
    private readonly Option<string?> _out = new("--out") { Description = "Draw the curve into a page", HelpName = "FILE.html" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public FindRateCommand(Terminal terminal)
        : base("find-lr", "Find a learning rate: one batch at each of many rates, until the loss explodes.", terminal)
    {
        _line = new TrainArguments();
        Add(_line.Dataset);
        foreach (Option option in ((Option[])[_lowest, _highest, _steps, _out, _json]).Concat(_line.All))
            Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fovea find-lr digits",
        "fovea find-lr mnist --model lenet5 --optimizer sgd --batch-size 64 --data-dir data",
        "fovea find-lr photos/ --augment photos --out rates.html",
    ];

    protected override int Execute(ParseResult line, IProgress<RunEvent> progress)
    {
        string? target = line.GetValue(_out);
        if (target is not null && !target.EndsWith(".html", StringComparison.OrdinalIgnoreCase))
            throw CommandException.Usage($"--out must end in .html, got {target}");
        if (target is not null)
            ReportFile.RequireFolder(target, _out.Name, "the curve");
        RateRange range = Range(line);
        (DataSource source, TrainSettings settings) = _line.Begin(line, progress, Cancellation);
        TrainingData data = TrainingData.Load(source, settings, progress);
        Model model = TrainingSetup.CreateModel(settings, data, new RunContext { Threads = _line.Threads(line), Progress = progress, Cancellation = Cancellation });
        Terminal.Say($"{settings.Model} on {data.Training.Name}: {range.Steps} batches of {settings.BatchSize}, learning rates from {Format.Rate(range.Lowest)} to {Format.Rate(range.Highest)}");
        RateSearch search = RateFinder.Find(
            model.Network, settings.CreateOptimizer(), data.Training, TrainingSetup.OptionsOf(settings, data.Training, _line.Threads(line)), range,
            model.Normalization, cancellation: Cancellation);
        if (target is not null)
            ReportFile.Write(target, RatePage.Of(search, settings.Model, settings.Dataset, CommandLine));
        if (line.GetValue(_json))
            JsonOutput.Print(Terminal, new RateReport(data.Training.Name, settings.Model, settings.Optimizer, search.TenthOfMinimum, search.Steepest, search.Exploded, search.Points), ReportJson.Readable.RateReport);
        else
            RateTables.Print(Terminal, search, settings);
        if (target is not null)
            Terminal.Say($"curve: {target}");
        return ExitCode.Done;
    }

    private RateRange Range(ParseResult line)
    {
        try
        {
            return new RateRange(line.GetValue(_lowest) ?? 1e-7, line.GetValue(_highest) ?? 10, line.GetValue(_steps) ?? 100);
        }
        catch (ArgumentException error)
        {
            throw CommandException.Usage(error.Message, error);
        }
    }
}
