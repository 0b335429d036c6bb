using Fovea.Data;
using Fovea.Metrics;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Evaluation;

/// <summary>Two models, each judged on the same samples in its own shape.</summary>
public static class ModelComparison
{
    /// <exception cref="RunException">They tell different things apart.</exception>
    public static void RequireSameClasses(Model first, string firstPath, Model second, string secondPath)
    {
        if (!first.ClassNames.Order(StringComparer.Ordinal).SequenceEqual(second.ClassNames.Order(StringComparer.Ordinal)))
            throw new RunException($"{firstPath} and {secondPath} have different classes: {string.Join(", ", first.ClassNames)} and {string.Join(", ", second.ClassNames)}; right would be two models for the same classes");
    }

    /// <summary>Measures both.</summary>
    public static ComparisonReport Of(
        Model first, string firstPath, IDataset firstData, Model second, string secondPath, IDataset secondData, int? threads, CancellationToken cancellation)
    {
        (ClassificationMetrics a, bool[] rightA) = Judge(first, firstData, threads, cancellation);
        (ClassificationMetrics b, bool[] rightB) = Judge(second, secondData, threads, cancellation);
        if (rightA.Length != rightB.Length)
            throw new RunException($"{firstData.Name} changed while it was read: {rightA.Length} samples for the first model, {rightB.Length} for the second; try again");
        var pairs = rightA.Zip(rightB).CountBy(pair => pair).ToDictionary();
        long Count(bool ofA, bool ofB) => pairs.GetValueOrDefault((ofA, ofB));
        var test = new McNemarTest(Count(true, false), Count(false, true));
        return new ComparisonReport(
            firstData.Name, a.Count, [Compared(firstPath, a), Compared(secondPath, b)],
            Count(true, true), test.OnlyFirst, test.OnlySecond, Count(false, false), test.ExactP, test.MidP, ComparisonVerdict.Of(test));
    }

    private static ComparedModel Compared(string path, ClassificationMetrics metrics) =>
        new(path, metrics.Error, metrics.MeanSquaredError, metrics.CrossEntropy);

    private static (ClassificationMetrics Metrics, bool[] Right) Judge(Model model, IDataset dataset, int? threads, CancellationToken cancellation)
    {
        var right = new bool[dataset.Count];
        ClassificationMetrics metrics = new Evaluator(model, dataset, threads: threads)
            .Evaluate(cancellation: cancellation, observer: (index, probabilities, label) =>
            {
                FiniteOutputs.Require(probabilities, dataset, index);
                right[index] = Ranking.ArgMax(probabilities) == label;
            });
        return (metrics, right);
    }
}
