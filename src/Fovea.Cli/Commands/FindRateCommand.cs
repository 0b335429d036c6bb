using System.CommandLine;
using Fovea.Cli.Datasets;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Cli.Rendering.Html;
using Fovea.Cli.Running;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea find-lr DATASET</c>: tries learning rates from far too small to far too large, and suggests one.</summary>
internal sealed class FindRateCommand : FoveaCommand
{
    private readonly TrainLine _line;
    private readonly Option<double?> _lowest = Numbers.Positive("--lowest", "First learning rate (default: 1e-7)");
    private readonly Option<double?> _highest = Numbers.Positive("--highest", "Last learning rate, if the loss does not explode before (default: 10)");
    private readonly Option<int?> _steps = Numbers.Whole("--steps", "How many rates to try, one batch each (default: 100)", RateRange.FewestSteps);
    private readonly Option<string?> _out = new("--out") { Description = "Draw the curve into a page", HelpName = "FILE.html" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public FindRateCommand(Terminal terminal)
        : base("find-lr", "Find a learning rate: one batch at each of many rates, until the loss explodes.", terminal)
    {
        _line = new TrainLine(terminal);
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

    protected override int Execute(ParseResult line)
    {
        string? target = line.GetValue(_out);
        if (target is not null && !target.EndsWith(".html", StringComparison.OrdinalIgnoreCase))
            throw CommandException.Usage($"--out must end in .html, got {target}");
        if (target is not null)
            ReportFile.RequireFolder(target, _out.Name, "the curve");
        RateRange range = Range(line);
        (DataSource source, TrainSettings settings) = _line.Begin(line);
        TrainingData data = TrainingData.Load(source, settings, Terminal);
        Model model = TrainRun.CreateModel(Terminal, settings, data);
        Terminal.Say($"{settings.Model} on {data.Training.Name}: {range.Steps} batches of {settings.BatchSize}, learning rates from {Format.Rate(range.Lowest)} to {Format.Rate(range.Highest)}");
        RateSearch search = RateFinder.Find(
            model.Network, settings.CreateOptimizer(), data.Training, TrainRun.Options(settings, data.Training, _line.Threads(line)), range,
            model.Normalization, cancellation: Terminal.Cancellation);
        if (target is not null)
            ReportFile.Write(target, RatePage.Of(search, settings, Format.Command(Terminal.Arguments)));
        if (line.GetValue(_json))
            ReportJson.Print(Terminal, new RateReport(data.Training.Name, settings.Model, settings.Optimizer, search.TenthOfMinimum, search.Steepest, search.Exploded, search.Points), ReportJson.Readable.RateReport);
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
