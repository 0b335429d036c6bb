using Fovea.Metrics;

namespace Fovea.Cli.Rendering;

/// <summary>Shows how well a model classifies.</summary>
internal static class EvaluationTables
{
    private const int TopK = 5;

    /// <summary>Puts the figures together.</summary>
    public static EvaluationReport Report(string dataset, ClassificationMetrics metrics, IReadOnlyList<string> classNames)
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

    /// <summary>Prints the figures for the whole, and for each class.</summary>
    public static void Print(Terminal terminal, EvaluationReport report, bool withConfusion)
    {
        terminal.Print($"{report.Dataset}: {Format.Count(report.Samples)} samples");
        terminal.Print($"accuracy            {Format.Percent(report.Accuracy)}");
        foreach (TopAccuracy top in report.Top.Skip(1))
            terminal.Print($"top-{top.K} accuracy      {Format.Percent(top.Accuracy)}");
        terminal.Print($"error               {Format.Percent(report.Error)}");
        terminal.Print($"cross-entropy       {Format.Loss(report.CrossEntropy)}");
        terminal.Print($"mean squared error  {Format.Loss(report.MeanSquaredError)}");
        terminal.Print();

        var classes = new TextTable("class", ">samples", ">precision", ">recall", ">F1");
        foreach (ClassReport c in report.Classes)
            classes.Add(c.Class, Format.Count(c.Samples), Format.Percent(c.Precision), Format.Percent(c.Recall), Format.Percent(c.F1));
        classes.Print(terminal);
        if (withConfusion)
            PrintConfusion(terminal, report);
    }

    /// <summary>Prints which classes were taken for which.</summary>
    public static void PrintConfusion(Terminal terminal, EvaluationReport report)
    {
        terminal.Print();
        terminal.Print("confusion (rows: truth, columns: prediction)");
        string[] names = [.. report.Classes.Select(c => c.Class)];
        var table = new TextTable(["", .. names.Select(name => ">" + name)]);
        for (int truth = 0; truth < names.Length; truth++)
            table.Add([names[truth], .. report.Confusion[truth].Select(count => count == 0 ? "·" : Format.Count(count))]);
        table.Print(terminal);
    }
}
