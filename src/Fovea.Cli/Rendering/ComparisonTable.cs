using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;

namespace Fovea.Cli.Rendering;

/// <summary>Shows two models side by side, and says whether they differ.</summary>
internal static class ComparisonTable
{
    /// <summary>Prints the figures and the verdict.</summary>
    public static void Print(Terminal terminal, ComparisonReport report)
    {
        ComparedModel first = report.Models[0], second = report.Models[1];
        terminal.Print($"{report.Dataset}: {Format.Count(report.Samples)} samples");
        terminal.Print($"NN1: {first.Model}");
        terminal.Print($"NN2: {second.Model}");
        terminal.Print();
        var table = new TextTable("", ">NN1", ">NN2");
        table.Add("classification error", Format.Percent(first.Error), Format.Percent(second.Error));
        table.Add("mean squared error", Format.Loss(first.MeanSquaredError), Format.Loss(second.MeanSquaredError));
        table.Add("cross-entropy", Format.Loss(first.CrossEntropy), Format.Loss(second.CrossEntropy));
        table.Print(terminal);
        terminal.Print();
        terminal.Print($"both are right on {Format.Count(report.BothRight)} samples, both wrong on {Format.Count(report.BothWrong)}");
        terminal.Print(report.Verdict);
    }
}
