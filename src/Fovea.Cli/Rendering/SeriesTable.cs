using Fovea.Cli.Running;

namespace Fovea.Cli.Rendering;

/// <summary>Shows what came out of one run or several.</summary>
internal static class SeriesTable
{
    private const int MostClasses = 20;

    /// <summary>Prints a row a run, the mean of all, and in cross-validation what all parts together give.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="summary">The runs.</param>
    /// <param name="withOrigin">Whether the command and the versions are printed, too.</param>
    public static void Print(Terminal terminal, SeriesSummary summary, bool withOrigin = false)
    {
        if (withOrigin)
        {
            terminal.Print(summary.Command);
            terminal.Print($"fovea {summary.Version}, {summary.Runtime}, {summary.System}");
            terminal.Print();
        }
        Table(terminal, summary);
        terminal.Print();
        if (summary.Accuracy is { } accuracy && summary.Kind != SeriesKind.Single)
            terminal.Print($"accuracy: {Words(accuracy, summary)}");
        if (summary.AccuracyWithViews is { } viewed && summary.Kind != SeriesKind.Single)
            terminal.Print($"with --tta {summary.Settings.Views}: {Words(viewed, summary)}");
        if ((summary.PooledWithViews ?? summary.Pooled) is { } pooled)
        {
            terminal.Print($"all folds together{(summary.PooledWithViews is null ? "" : $" with --tta {summary.Settings.Views}")}: {Format.Percent(pooled.Accuracy)} of {Format.Count(pooled.Samples)} samples, cross-entropy {Format.Loss(pooled.CrossEntropy)}");
            if (pooled.Classes.Count <= MostClasses)
                EvaluationTables.PrintConfusion(terminal, pooled);
        }
        terminal.Print($"time: {Format.Time(summary.Time.Seconds)}, of processors {Format.Time(summary.Time.ProcessorSeconds)}{(summary.Time.SinceResumed ? ", without what processes took that were ended before" : "")}");
        if (summary.Runs.Count < summary.Count)
            terminal.Print($"{summary.Count - summary.Runs.Count} of {summary.Count} runs are not done yet");
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

    private static void Table(Terminal terminal, SeriesSummary summary)
    {
        var table = new TextTable(Headings(summary, '>'));
        foreach (RunSummary run in summary.Runs)
            table.Add(Cells(summary, run));
        table.Print(terminal);
    }

    private static string[] ViewedName(SeriesSummary summary) => summary.Settings.Views is { } views ? [$"with {views}"] : [];

    private static string Percent(EvaluationReport? test) => test is null ? "–" : Format.Percent(test.Accuracy);
}
