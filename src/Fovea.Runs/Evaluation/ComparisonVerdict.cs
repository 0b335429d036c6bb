using System.Globalization;
using Fovea.Metrics;
using Fovea.Runs.Text;

namespace Fovea.Runs.Evaluation;

/// <summary>Says whether two models differ by more than chance.</summary>
public static class ComparisonVerdict
{
    private const double Significance = 0.05;

    /// <summary>What the test says, in one sentence.</summary>
    public static string Of(McNemarTest test)
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
