using System.Globalization;
using Fovea.Training;

namespace Fovea.Runs.Pages;

/// <summary>Says what a search for a learning rate found.</summary>
internal static class RateWords
{
    /// <summary>The suggestions in a sentence.</summary>
    public static string Verdict(RateSearch search) => search is { Steepest: { } steepest, TenthOfMinimum: { } tenth }
        ? $"a tenth of where the loss is smallest: {Short(tenth)}; it falls fastest at {Short(steepest)}{(search.Exploded ? "" : "; it did not explode, so a larger --highest may tell more")}"
        : search.Points.Count == 0 || search.Exploded
            ? "the loss explodes before it falls; try a smaller --lowest"
            : "the loss never falls; try a larger --highest or more --steps";

    /// <summary>A rate to two digits that may be typed as it is.</summary>
    public static string Short(double rate) => double.Parse(rate.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("0.##########", CultureInfo.InvariantCulture);
}
