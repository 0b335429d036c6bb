using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;
using Fovea.Runs.Training;

namespace Fovea.Runs.Series;

/// <summary>What came out of one run or several, in words and tables.</summary>
internal static class SeriesText
{
    private const int MaxClasses = 20;

    /// <summary>Writes a row a run, the mean of all, and in cross-validation what all parts together give.</summary>
    /// <param name="summary">The runs.</param>
    /// <param name="withOrigin">Whether the command and the versions are written, too.</param>
    /// <param name="line">Takes a line, which may hold any text.</param>
    /// <param name="table">Takes a table.</param>
    public static void Write(SeriesSummary summary, bool withOrigin, Action<string> line, Action<TextTable> table)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(table);
        if (withOrigin)
        {
            line(summary.Command);
            line($"fovea {summary.Version}, {summary.Runtime}, {summary.System}");
            line("");
        }
        table(Table(summary));
        line("");
        if (summary.Accuracy is { } accuracy && summary.Kind != SeriesKind.Single)
            line($"accuracy: {Words(accuracy, summary)}");
        if (summary.AccuracyWithViews is { } viewed && summary.Kind != SeriesKind.Single)
            line($"with --tta {summary.Settings.Views}: {Words(viewed, summary)}");
        if ((summary.PooledWithViews ?? summary.Pooled) is { } pooled)
        {
            line($"all folds together{(summary.PooledWithViews is null ? "" : $" with --tta {summary.Settings.Views}")}: {Format.Percent(pooled.Accuracy)} of {Format.Count(pooled.Samples)} samples, cross-entropy {Format.Loss(pooled.CrossEntropy)}");
            if (pooled.Classes.Count <= MaxClasses)
            {
                line("");
                line(EvaluationReports.ConfusionHeading);
                table(EvaluationReports.ConfusionTable(pooled));
            }
        }
        line($"time: {Format.Time(summary.Time.Seconds)}, of processors {Format.Time(summary.Time.ProcessorSeconds)}{(summary.Time.SinceResumed ? ", without what processes took that were ended before" : "")}");
        if (summary.Runs.Count < summary.Count)
            line($"{summary.Count - summary.Runs.Count} of {summary.Count} runs are not done yet");
    }

    /// <summary>Mean, deviation and range in words.</summary>
    public static string Words(Spread spread, SeriesSummary summary) => spread.Deviation is not { } deviation
        ? Format.Percent(spread.Mean)
        : $"{Format.Percent(spread.Mean)} ± {Format.Percent(deviation)} (mean and standard deviation of {summary.Runs.Count} {(summary.Kind == SeriesKind.Folds ? "folds" : "seeds")}), worst {Format.Percent(spread.Least)}, best {Format.Percent(spread.Most)}";

    /// <summary>The columns of <see cref="Cells"/>; those of numbers start with a mark.</summary>
    public static string[] Headings(SeriesSummary summary, char mark)
    {
        string[] names = ["samples to learn from", "judged by", "accuracy", "cross-entropy", .. ViewedName(summary), "parameters", "epochs", "time", "processor time"];
        return ["run", mark + "seed", .. names.Select(name => mark + name)];
    }

    /// <summary>A run in words.</summary>
    public static string[] Cells(SeriesSummary summary, RunSummary run) =>
    [
        run.Name, run.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture), Format.Count(run.TrainingSamples),
        run.Test is { } test ? Format.Count(test.Samples) : "–", Percent(run.Test), run.Test is { } judged ? Format.Loss(judged.CrossEntropy) : "–",
        .. ViewedName(summary).Select(_ => Percent(run.TestWithViews)),
        Format.Count(run.Parameters), Format.Count(run.Epochs), Format.Time(run.Time.Seconds), Format.Time(run.Time.ProcessorSeconds),
    ];

    private static TextTable Table(SeriesSummary summary)
    {
        var table = new TextTable(Headings(summary, '>'));
        foreach (RunSummary run in summary.Runs)
            table.Add(Cells(summary, run));
        return table;
    }

    private static string[] ViewedName(SeriesSummary summary) => summary.Settings.Views is { } views ? [$"with {views}"] : [];

    private static string Percent(EvaluationReport? test) => test is null ? "–" : Format.Percent(test.Accuracy);
}
