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
            [.. classNames.Select((name, c) => new ClassReport(name, confusion.TruthCount(c), confusion.Precision(c), confusion.Recall(c), confusion.F1(c)))],
            [.. Enumerable.Range(0, confusion.Classes).Select(truth => confusion.Row(truth).ToArray())]);
    }

    /// <summary>Prints the figures for the whole, and for each class.</summary>
    public static void Print(Terminal terminal, EvaluationReport report, bool withConfusion)
    {
        terminal.Out.WriteLine($"{report.Dataset}: {Format.Count(report.Samples)} samples");
        terminal.Out.WriteLine($"accuracy            {Format.Percent(report.Accuracy)}");
        foreach (TopAccuracy top in report.Top.Skip(1))
            terminal.Out.WriteLine($"top-{top.K} accuracy      {Format.Percent(top.Accuracy)}");
        terminal.Out.WriteLine($"error               {Format.Percent(report.Error)}");
        terminal.Out.WriteLine($"cross-entropy       {Format.Loss(report.CrossEntropy)}");
        terminal.Out.WriteLine($"mean squared error  {Format.Loss(report.MeanSquaredError)}");
        terminal.Out.WriteLine();

        var classes = new TextTable("class", ">samples", ">precision", ">recall", ">F1");
        foreach (ClassReport c in report.Classes)
            classes.Add(c.Class, Format.Count(c.Samples), Format.Percent(c.Precision), Format.Percent(c.Recall), Format.Percent(c.F1));
        classes.Print(terminal);
        if (withConfusion)
            PrintConfusion(terminal, report);
    }

    private static void PrintConfusion(Terminal terminal, EvaluationReport report)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("confusion (rows: truth, columns: prediction)");
        string[] names = [.. report.Classes.Select(c => c.Class)];
        var table = new TextTable(["", .. names.Select(name => ">" + name)]);
        for (int truth = 0; truth < names.Length; truth++)
            table.Add([names[truth], .. report.Confusion[truth].Select(count => count == 0 ? "·" : Format.Count(count))]);
        table.Print(terminal);
    }
}
