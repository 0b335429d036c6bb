using Fovea.Runs.Series;

namespace Fovea.Cli.Rendering;

/// <summary>Shows what came out of several runs.</summary>
internal static class SeriesTable
{
    /// <summary>Prints a row a run, the mean of all, and in cross-validation what all parts together give.</summary>
    public static void Print(Terminal terminal, SeriesSummary summary) =>
        SeriesText.Write(summary, withOrigin: false, terminal.Print, table => table.Print(terminal));
}
