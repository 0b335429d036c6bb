using System.Globalization;
using Fovea.Cli.Running;
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
            table.Add(Short(point.LearningRate), Format.Loss(point.Smoothed), new string('█', (int)Math.Round(BarWidth * Math.Clamp(point.Smoothed / longest, 0, 1))));
        table.Print(terminal);
        terminal.Print();
        terminal.Print(Verdict(search));
        if (search.TenthOfMinimum is not { } rate)
            return;
        terminal.Print();
        terminal.Print($"fovea train {Format.Path(settings.Dataset)} {(settings.NetworkPath is { } network ? $"--network {Format.Path(network)}" : $"--model {settings.Model}")} --optimizer {settings.Optimizer} --lr {Short(rate)}");
    }

    /// <summary>The suggestions in a sentence.</summary>
    public static string Verdict(RateSearch search) => search is { Steepest: { } steepest, TenthOfMinimum: { } tenth }
        ? $"a tenth of where the loss is smallest: {Short(tenth)}; it falls fastest at {Short(steepest)}{(search.Exploded ? "" : "; it did not explode, so a larger --highest may tell more")}"
        : search.Points.Count == 0 || search.Exploded
            ? "the loss explodes before it falls; try a smaller --lowest"
            : "the loss never falls; try a larger --highest or more --steps";

    /// <summary>A rate to two digits that may be typed as it is.</summary>
    public static string Short(double rate) => double.Parse(rate.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("0.##########", CultureInfo.InvariantCulture);
}
