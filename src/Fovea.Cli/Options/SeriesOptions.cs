using System.CommandLine;
using Fovea.Runs.Series;
using Fovea.Runs.Settings;

namespace Fovea.Cli.Options;

/// <summary>The options that say how often a run is made, and how its result is judged.</summary>
internal sealed class SeriesOptions
{
    private readonly Option<int?> _folds = Numbers.Whole("--folds", "Cross-validation: cut the samples into N parts, and train N times, each time judged by another part", least: 2);
    private readonly Option<int?> _runs = Numbers.Whole("--runs", "Train N times, with the seed and those after it");
    private readonly Option<string?> _views = ViewsOption.Make("Judge the result also");

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_folds, _runs, _views];

    /// <summary>How often a run is made; null for once.</summary>
    /// <exception cref="CommandException">The options do not go together.</exception>
    public SeriesPlan? Plan(ParseResult line, TrainSettings settings)
    {
        (int? folds, int? runs) = (line.GetValue(_folds), line.GetValue(_runs));
        if (folds is not null && runs is not null)
            throw CommandException.Usage($"--folds {folds} and --runs {runs} do not go together; right would be one of them, with --seed for another cut");
        if (folds is not null && settings.Test is not null)
            throw CommandException.Usage("--folds judges by the part left out each time, so --test has nothing to split off");
        return folds is { } parts ? new SeriesPlan(SeriesKind.Folds, parts, settings)
            : runs is { } times ? new SeriesPlan(SeriesKind.Seeds, times, settings) : null;
    }

    /// <summary>The settings with the views that were asked for.</summary>
    public TrainSettings Apply(ParseResult line, TrainSettings settings) => settings with { Views = line.GetValue(_views) };

    /// <summary>Checks that the line asks for nothing that a stored run does not do anyway.</summary>
    /// <exception cref="CommandException">It does.</exception>
    public void RequireAgreement(ParseResult line, TrainSettings stored, SeriesPlan? plan, string folder)
    {
        ResumeChecks.RequireAgreement(line, _folds, plan is { Kind: SeriesKind.Folds } ? plan.Count : null, folder);
        ResumeChecks.RequireAgreement(line, _runs, plan is { Kind: SeriesKind.Seeds } ? plan.Count : null, folder);
        ResumeChecks.RequireAgreement(line, _views, stored.Views, folder);
    }
}
