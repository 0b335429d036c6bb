using Fovea.Data;
using Fovea.Metrics;
using Fovea.Runs.Datasets;
using Fovea.Runs.Text;

namespace Fovea.Runs.Evaluation;

/// <summary>Makes reports of measurements.</summary>
public static class EvaluationReports
{
    private const int TopK = 5;

    /// <summary>What stands above <see cref="ConfusionTable"/>.</summary>
    public const string ConfusionHeading = "confusion (rows: truth, columns: prediction)";

    /// <summary>Puts the figures together.</summary>
    public static EvaluationReport Of(string dataset, ClassificationMetrics metrics, IReadOnlyList<string> classNames)
    {
        ConfusionMatrix confusion = metrics.Confusion;
        int[] tops = classNames.Count <= TopK ? [1] : [1, 3, TopK];
        return new EvaluationReport(
            dataset, metrics.Count, metrics.Accuracy, metrics.Error, [.. tops.Select(k => new TopAccuracy(k, metrics.TopAccuracy(k)))],
            metrics.CrossEntropy, metrics.MeanSquaredError, confusion.MacroF1,
            Classes(confusion, classNames), Rows(confusion));
    }

    private static ClassReport[] Classes(ConfusionMatrix confusion, IReadOnlyList<string> names) =>
        [.. names.Select((name, c) => new ClassReport(name, confusion.TruthCount(c), confusion.Precision(c), confusion.Recall(c), confusion.F1(c)))];

    private static long[][] Rows(ConfusionMatrix confusion) =>
        [.. Enumerable.Range(0, confusion.Classes).Select(truth => confusion.Row(truth).ToArray())];

    /// <summary>Measurements of different samples as one of all of them.</summary>
    public static EvaluationReport Pool(string dataset, IReadOnlyList<EvaluationReport> parts)
    {
        ConfusionMatrix confusion = Matrix([.. parts]);
        string[] names = [.. parts[0].Classes.Select(c => c.Class)];
        double Mean(Func<EvaluationReport, double> value) => parts.Sum(part => part.Samples * value(part)) / confusion.Total;
        return new EvaluationReport(
            dataset, confusion.Total, confusion.Accuracy, 1 - confusion.Accuracy,
            [.. parts[0].Top.Select(top => new TopAccuracy(top.K, Mean(part => part.Top.First(other => other.K == top.K).Accuracy)))],
            Mean(part => part.CrossEntropy), Mean(part => part.MeanSquaredError), confusion.MacroF1, Classes(confusion, names), Rows(confusion));
    }

    /// <summary>How often each class was taken for which, in all these measurements.</summary>
    public static ConfusionMatrix Matrix(params IReadOnlyList<EvaluationReport> parts)
    {
        var matrix = new ConfusionMatrix(parts[0].Classes.Count);
        foreach (EvaluationReport part in parts)
            for (int truth = 0; truth < matrix.Classes; truth++)
                for (int predicted = 0; predicted < matrix.Classes; predicted++)
                    matrix.Add(truth, predicted, part.Confusion[truth][predicted]);
        return matrix;
    }

    /// <summary>Which classes were taken for which.</summary>
    public static TextTable ConfusionTable(EvaluationReport report)
    {
        string[] names = [.. report.Classes.Select(c => c.Class)];
        var table = new TextTable(["", .. names.Select(name => ">" + name)]);
        for (int truth = 0; truth < names.Length; truth++)
            table.Add([names[truth], .. report.Confusion[truth].Select(count => count == 0 ? "·" : Format.Count(count))]);
        return table;
    }

    /// <summary>The pairs of classes that are confused most often.</summary>
    public static IReadOnlyList<ConfusedPair> Pairs(ConfusionMatrix confusion, int most) =>
        [.. (from truth in Enumerable.Range(0, confusion.Classes)
             from guess in Enumerable.Range(0, confusion.Classes)
             where truth != guess && confusion[truth, guess] > 0
             orderby confusion[truth, guess] descending
             select new ConfusedPair(truth, guess, confusion[truth, guess])).Take(most)];

    /// <summary>All mistakes with the names of samples and classes, the worst first.</summary>
    public static IReadOnlyList<MistakeReport> Mistakes(ModelEvaluation evaluation, IReadOnlyList<string> names) =>
        [.. evaluation.Mistakes.Select(mistake => new MistakeReport(
            SampleName.Of(evaluation.Data, mistake.Index), names[mistake.Truth], mistake.OfTruth, names[mistake.Guess], mistake.OfGuess))];
}

/// <summary>A pair of classes, and how often the first was taken for the second.</summary>
public sealed record ConfusedPair(int Truth, int Guess, long Times);
