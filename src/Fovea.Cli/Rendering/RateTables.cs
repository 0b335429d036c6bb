using Fovea.Runs.Pages;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Training;

namespace Fovea.Cli.Rendering;

/// <summary>Shows what a search for a learning rate found.</summary>
internal static class RateTables
{
    private const int Rows = 20, BarWidth = 40;

    /// <summary>Prints the curve, a bar a row, and the suggestions.</summary>
    public static void Print(Terminal terminal, RateSearch search, TrainSettings settings)
    {
        var table = new TextTable(">learning rate", ">smoothed loss", "");
        int every = Math.Max(1, search.Points.Count / Rows);
        RatePoint[] shown = [.. search.Points.Where((_, i) => i % every == 0 || i == search.Points.Count - 1)];
        // A bar is long where the loss is large; the explosion is as long as anything before it.
        double longest = shown.Take(Math.Max(1, shown.Length / 2)).Select(point => point.Smoothed).DefaultIfEmpty(1).Max();
        foreach (RatePoint point in shown)
            table.Add(RateWords.Short(point.LearningRate), Format.Loss(point.Smoothed), new string('█', (int)Math.Round(BarWidth * Math.Clamp(point.Smoothed / longest, 0, 1))));
        table.Print(terminal);
        terminal.Print();
        terminal.Print(RateWords.Verdict(search));
        if (search.TenthOfMinimum is not { } rate)
            return;
        terminal.Print();
        terminal.Print($"fovea train {Format.Path(settings.Dataset)} {(settings.NetworkPath is { } network ? $"--network {Format.Path(network)}" : $"--model {settings.Model}")} --optimizer {settings.Optimizer} --lr {RateWords.Short(rate)}");
    }
}
