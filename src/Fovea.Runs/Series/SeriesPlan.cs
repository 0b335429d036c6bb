using Fovea.Runs.Settings;

namespace Fovea.Runs.Series;

/// <summary>What the runs of a series differ in.</summary>
public enum SeriesKind
{
    /// <summary>Nothing: it is a single run.</summary>
    Single,

    /// <summary>The part of the samples that they are judged by.</summary>
    Folds,

    /// <summary>Their seed.</summary>
    Seeds,
}

/// <summary>Several runs that differ in one thing only.</summary>
/// <param name="Kind">In what.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Settings">What they have in common.</param>
public sealed record SeriesPlan(SeriesKind Kind, int Count, TrainSettings Settings)
{
    /// <summary>What a folder of them ends in unless it is named.</summary>
    public string Suffix => Kind == SeriesKind.Folds ? $"-{Count}-folds" : $"-{Count}-runs";

    /// <summary>A run's folder inside the series' own.</summary>
    /// <param name="run">0 to <see cref="Count"/> − 1.</param>
    public string Name(int run) => Kind == SeriesKind.Folds ? $"fold-{run + 1}" : $"seed-{SettingsOf(run).Seed}";

    /// <summary>How a run is called while it goes on.</summary>
    public string Title(int run) => Kind == SeriesKind.Folds ? $"fold {run + 1} of {Count}" : $"seed {SettingsOf(run).Seed}, run {run + 1} of {Count}";

    /// <summary>A run's own settings. In cross-validation no epoch is chosen, unless samples are kept for that, too.</summary>
    public TrainSettings SettingsOf(int run) => Kind == SeriesKind.Folds
        ? Settings with { Folds = Count, Fold = run + 1, Validation = Settings.Validation ?? 0 }
        : Settings with { Seed = unchecked(Settings.Seed + (ulong)run) };
}
