using System.Text;
using Fovea.Runs.Text;
using Fovea.Training;

namespace Fovea.Runs.Pages;

/// <summary>A search for a learning rate as a page that needs nothing beside itself.</summary>
internal static class RatePage
{
    private const string Single = "#9db8cf", Smoothed = "#1f6fb2", Steepest = "#c2571a", Tenth = "#3a8a3a";

    /// <summary>The page.</summary>
    public static string Of(RateSearch search, string model, string dataset, string command)
    {
        string title = LineChart.Escape($"Learning rates for {model} on {dataset}");
        var page = new StringBuilder(ReportPage.Head).Append($"<title>{title}</title></head><body>\n<h1>{title}</h1>\n");
        page.Append($"<p class=\"fit\">{LineChart.Escape(RateWords.Verdict(search))}</p>\n");
        if (search.Points.Count > 1)
            page.Append(Chart(search));
        return page.Append($"<p><code>{LineChart.Escape(command)}</code></p>\n</body></html>\n").ToString();
    }

    private static string Chart(RateSearch search)
    {
        (double X, double Y)[] smoothed = [.. search.Points.Select(point => (Math.Log10(point.LearningRate), point.Smoothed))];
        double lowest = Math.Min(search.Points.Min(point => point.Loss), smoothed.Min(point => point.Y)), highest = smoothed.Max(point => point.Y);
        // Single losses may leap far out of the image once the rate is too large.
        IEnumerable<(double, double)> single = search.Points.Where(point => point.Loss <= highest).Select(point => (Math.Log10(point.LearningRate), point.Loss));
        List<Line> lines = [new("loss of a batch", Single, single), new("smoothed", Smoothed, smoothed)];
        Mark("falls fastest", Steepest, search.Steepest);
        Mark("a tenth of the minimum", Tenth, search.TenthOfMinimum);
        return LineChart.Svg(
            "learning rate, powers of ten", lines, Format.Loss,
            (smoothed[0].X, smoothed[^1].X, lowest, highest > lowest ? highest : lowest + 1));

        void Mark(string name, string colour, double? rate)
        {
            if (rate is { } x)
                lines.Add(new Line($"{name}: {RateWords.Short(x)}", colour, [(Math.Log10(x), lowest), (Math.Log10(x), highest)], Dashed: true));
        }
    }
}
