using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;

namespace Fovea.Cli.Rendering;

/// <summary>Shows how well a model classifies.</summary>
internal static class EvaluationTables
{
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
        terminal.Print(EvaluationReports.ConfusionHeading);
        EvaluationReports.ConfusionTable(report).Print(terminal);
    }
}
