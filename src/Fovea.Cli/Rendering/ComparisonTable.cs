using System.Globalization;
using Fovea.Metrics;

namespace Fovea.Cli.Rendering;

/// <summary>Shows two models side by side, and says whether they differ.</summary>
internal static class ComparisonTable
{
    private const double Significance = 0.05;

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

    /// <summary>What the test says, in one sentence.</summary>
    public static string Verdict(McNemarTest test)
    {
        if (test.Disagreements == 0)
            return "No sample tells the two apart: each is right where the other is.";
        string counts = $"Only NN1 is right on {Format.Count(test.OnlyFirst)} samples, only NN2 on {Format.Count(test.OnlySecond)}";
        string better = test.OnlyFirst > test.OnlySecond ? "NN1" : "NN2";
        return test.MidP < Significance
            ? $"{counts}: were both equally good, so uneven a split would be rare ({Values(test)}), so {better} is better."
            : $"{counts}: were both equally good, chance could well split them so ({Values(test)}), so this shows no difference.";
    }

    private static string Values(McNemarTest test) => $"McNemar's test: mid-p {P(test.MidP)}, exact p {P(test.ExactP)}";

    private static string P(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);
}
