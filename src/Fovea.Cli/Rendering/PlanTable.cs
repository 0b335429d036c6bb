using System.Globalization;
using Fovea.Runs.Reports;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Cli.Rendering;

/// <summary>Prints how a plan runs a network.</summary>
internal static class PlanTable
{
    /// <summary>A line a step, the totals, and what the expectations stand on.</summary>
    public static void Print(Terminal terminal, PlanReport report)
    {
        terminal.Print($"{report.Name}: {report.Mode}, batch {report.Batch}, {report.Threads} threads, vectors of {report.VectorBits} bits");
        var table = new TextTable("nodes", "algorithm", "layout", ">output", ">multiply-adds", ">expected GF/s", ">expected ms");
        foreach (StepReport step in report.Steps)
            table.Add(
                string.Join(" + ", step.Nodes), step.Algorithm, step.Layout, Format.Size(new Shape(step.Output)), Format.Count(step.MultiplyAdds),
                step.MultiplyAdds == 0 ? "" : Gflops(step.ExpectedGflops), $"{Milliseconds(step.ExpectedSeconds)}{(step.BoundByMemory ? "*" : " ")}");
        table.Add("total", "", "", "", Format.Count(report.MultiplyAdds), Gflops(report.ExpectedGflops), $"{Milliseconds(report.ExpectedSeconds)} ");
        table.Print(terminal);
        terminal.Print($"* moving the data takes longer than the arithmetic");
        terminal.Print(string.Create(CultureInfo.InvariantCulture,
            $"expected from one core's {report.Core.Gflops:0} GF/s, {report.Core.CacheGigabytes:0} GB/s from the cache and {report.Core.MemoryGigabytes:0} GB/s from memory, measured now; the steps were not run"));
    }

    private static string Gflops(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Milliseconds(double seconds) => (1e3 * seconds).ToString("0.000", CultureInfo.InvariantCulture);
}
