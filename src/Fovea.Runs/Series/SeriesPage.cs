using System.Text;
using System.Text.Json;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Pages;
using Fovea.Runs.Text;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>Several runs as one page: their results, and their curves drawn together.</summary>
internal static class SeriesPage
{
    private const string MeanColour = "#1f6fb2";
    private static readonly string[] Colours = ["#c2571a", "#3a9d5d", "#8a63b5", "#b3862b", "#c04d7e", "#4d9aa8", "#7a7a7a"];

    /// <summary>Writes <c>report.html</c> into the folder of the runs.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string folder, SeriesSummary summary) => ReportFile.Write(
        Path.Combine(folder, "report.html"), Of(summary, [.. summary.Runs.Select(run => History(Path.Combine(folder, run.Name, "history.json")))]));

    /// <summary>The page.</summary>
    /// <param name="summary">The runs.</param>
    /// <param name="histories">The epochs of each.</param>
    public static string Of(SeriesSummary summary, IReadOnlyList<IReadOnlyList<EpochResult>> histories)
    {
        var page = new StringBuilder(ReportPage.Head);
        string title = LineChart.Escape($"{summary.Settings.Model} on {summary.Settings.Dataset}, {summary.Count} {(summary.Kind == SeriesKind.Folds ? "folds" : "seeds")}");
        page.Append($"<title>{title}</title></head><body>\n<h1>{title}</h1>\n");
        if (summary.Accuracy is { } accuracy)
            page.Append($"<p class=\"fit\">Accuracy {LineChart.Escape(SeriesText.Words(accuracy, summary))}</p>\n");
        if (summary.AccuracyWithViews is { } viewed)
            page.Append($"<p class=\"fit\">With --tta {LineChart.Escape(summary.Settings.Views ?? "")}: {LineChart.Escape(SeriesText.Words(viewed, summary))}</p>\n");
        page.Append("<div class=\"scroll\">");
        ReportPage.Table(page, SeriesText.Headings(summary, '!'), summary.Runs.Select(run => SeriesText.Cells(summary, run)));
        page.Append("</div>\n<p>Each run's own page: ").AppendJoin(", ", summary.Runs.Select(run => $"<a href=\"{LineChart.Escape(run.Name)}/report.html\">{LineChart.Escape(run.Name)}</a>")).Append("</p>\n");
        Curves(page, summary, histories);
        if ((summary.PooledWithViews ?? summary.Pooled) is { } pooled)
            Pooled(page, pooled);
        page.Append($"<h2>How it was made</h2>\n<p><code>{LineChart.Escape(summary.Command)}</code></p>\n");
        ReportPage.Table(page, ["", ""], [["fovea", summary.Version], ["runtime", summary.Runtime], ["system", summary.System]]);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Curves(StringBuilder page, SeriesSummary summary, IReadOnlyList<IReadOnlyList<EpochResult>> histories)
    {
        page.Append("<h2>Training</h2>\n<div class=\"row\">");
        Chart("Training loss", Format.Loss, epoch => epoch.Loss);
        Chart("Training accuracy", Format.Percent, epoch => epoch.Accuracy);
        if (histories.Any(history => history.Any(epoch => epoch.ValidationLoss is not null)))
        {
            Chart("Validation loss", Format.Loss, epoch => epoch.ValidationLoss);
            Chart("Validation accuracy", Format.Percent, epoch => epoch.ValidationAccuracy);
        }
        page.Append("</div>\n");

        void Chart(string name, Func<double, string> label, Func<EpochResult, double?> value)
        {
            IEnumerable<Line> runs = histories.Select((history, run) =>
                new Line(summary.Runs[run].Name, Colours[run % Colours.Length], Points(history, value), Width: 1));
            var mean = histories.SelectMany(history => Points(history, value)).GroupBy(point => point.Epoch).OrderBy(group => group.Key)
                .Select(group => (group.Key, group.Average(point => point.Value)));
            page.Append($"<div><h3>{name}</h3>{LineChart.Svg("epoch", [.. runs, new Line("mean", MeanColour, mean, Width: 4)], label)}</div>\n");
        }

        static IEnumerable<(double Epoch, double Value)> Points(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> value) =>
            history.Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value));
    }

    private static void Pooled(StringBuilder page, EvaluationReport pooled)
    {
        page.Append($"<h2>All folds together</h2>\n<p>{Format.Percent(pooled.Accuracy)} of {Format.Count(pooled.Samples)} samples, each judged by the one run that did not learn from it.</p>\n");
        string[] names = [.. pooled.Classes.Select(c => c.Class)];
        ReportPage.Table(page, ["class", "!samples", "!precision", "!recall", "!F1"], pooled.Classes.Select(c => new[]
        {
            c.Class, Format.Count(c.Samples), Format.Percent(c.Precision), Format.Percent(c.Recall), Format.Percent(c.F1),
        }));
        ReportPage.Confusions(page, EvaluationReports.Matrix(pooled), names);
    }

    /// <summary>The epochs of a run; none if they cannot be read, as the page is no less true without curves.</summary>
    private static EpochResult[] History(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), SeriesJson.Default.EpochResultArray) ?? [];
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return [];
        }
    }
}
