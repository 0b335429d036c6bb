using System.Runtime.InteropServices;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Settings;
using Fovea.Runs.Training;

namespace Fovea.Runs.Series;

/// <summary>What came out of one run or several: <c>summary.json</c>, and what <c>train --json</c> prints of several.</summary>
/// <param name="Command">The command line that started it.</param>
/// <param name="Kind">What the runs differ in.</param>
/// <param name="Count">How many runs there are to be.</param>
/// <param name="Settings">What they have in common.</param>
/// <param name="Runs">Those that are done, in their order.</param>
/// <param name="Accuracy">Their accuracies; null if they were not judged.</param>
/// <param name="AccuracyWithViews">Their accuracies with copies of every sample; null if these were not asked for.</param>
/// <param name="Pooled">In cross-validation: all samples that were judged, as one.</param>
/// <param name="PooledWithViews">The same with copies of every sample.</param>
/// <param name="Time">Of all runs.</param>
/// <param name="Unfinished">What the run that was interrupted took until then.</param>
/// <param name="Version">Fovea's.</param>
/// <param name="Runtime">.NET's name and version.</param>
/// <param name="System">The operating system and the number of processors.</param>
public sealed record SeriesSummary(
    string Command, SeriesKind Kind, int Count, TrainSettings Settings, IReadOnlyList<RunSummary> Runs, Spread? Accuracy, Spread? AccuracyWithViews,
    EvaluationReport? Pooled, EvaluationReport? PooledWithViews, RunTime Time, RunTime? Unfinished, string Version, string Runtime, string System)
{
    /// <summary>Puts the figures of runs together.</summary>
    public static SeriesSummary Of(SeriesPlan plan, IReadOnlyList<RunSummary> runs, RunTime? unfinished, string command)
    {
        EvaluationReport[] plain = [.. runs.Select(run => run.Test).OfType<EvaluationReport>()];
        EvaluationReport[] viewed = [.. runs.Select(run => run.TestWithViews).OfType<EvaluationReport>()];
        return new SeriesSummary(
            command, plan.Kind, plan.Count, plan.Settings, runs, Spread.Of(plain), Spread.Of(viewed), Pool(plain), Pool(viewed),
            runs.Select(run => run.Time).Aggregate(unfinished ?? new RunTime(0, 0), (sum, time) => sum + time), unfinished,
            typeof(SeriesSummary).Assembly.GetName().Version!.ToString(fieldCount: 3), RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");

        EvaluationReport? Pool(EvaluationReport[] tests) =>
            plan.Kind == SeriesKind.Folds && tests.Length > 0 ? EvaluationReports.Pool(plan.Settings.Dataset, tests) : null;
    }
}

/// <summary>How results of several runs lie.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, of n − 1; null for a single one.</param>
/// <param name="Least">The worst.</param>
/// <param name="Most">The best.</param>
public sealed record Spread(double Mean, double? Deviation, double Least, double Most)
{
    /// <summary>That of accuracies; null of none.</summary>
    public static Spread? Of(IReadOnlyList<EvaluationReport> tests) => tests.Count == 0 ? null : Of([.. tests.Select(test => test.Accuracy)]);

    /// <summary>That of numbers.</summary>
    public static Spread Of(double[] values)
    {
        double mean = values.Average();
        double? deviation = values.Length < 2 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return new Spread(mean, deviation, values.Min(), values.Max());
    }
}
