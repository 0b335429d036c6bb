using System.Runtime.InteropServices;
using System.Text;
using Fovea.Metrics;
using Fovea.Networks;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Pages;

/// <summary>All there is to say of a model as one page that needs nothing beside itself.</summary>
internal static class ReportPage
{
    private const int MaxClassesInMatrix = 40, MaxPairs = 10, MaxMistakes = 24;
    private const string First = "#1f6fb2", Second = "#c2571a", Ideal = "#999999";

    /// <summary>How every page begins.</summary>
    public const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <style>
        body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 1060px; margin: 2em auto; padding: 0 1em }
        h2 { margin-top: 2em; border-bottom: 1px solid #ddd }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: 2px 10px; text-align: left }
        th { background: #f3f3f3; font-weight: 600 } .n { text-align: right; white-space: nowrap } .scroll { overflow-x: auto }
        .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 1em }
        svg { width: 100%; font-size: 11px } svg text { fill: #555 } .grid { stroke: #e4e4e4 } .legend { margin: 0; font-size: 13px }
        img { image-rendering: pixelated; width: 72px; margin: 2px } figure { display: inline-block; margin: 4px; width: 120px; font-size: 12px; vertical-align: top } figure img { width: 112px }
        .fit { background: #f3f7fb; padding: .6em 1em; border-left: 4px solid #1f6fb2 } code { background: #f3f3f3; padding: 1px 4px }
        </style>

        """;

    /// <summary>The page.</summary>
    /// <param name="model">The model.</param>
    /// <param name="evaluation">What it makes of a data set; null if there was none to judge it by.</param>
    /// <param name="history">The epochs of its training, if that is known.</param>
    /// <param name="command">The command line that this comes from.</param>
    /// <param name="viewed">The same data judged by copies of every sample, if that was done, too.</param>
    /// <param name="rates">The learning rate over the epochs, if it is known for every step.</param>
    /// <param name="dataNotes">What was said of the data while they were read.</param>
    public static string Of(
        Model model, ModelEvaluation? evaluation, IReadOnlyList<EpochResult>? history, string command, ModelEvaluation? viewed = null,
        IReadOnlyList<(double Epoch, double Rate)>? rates = null, IReadOnlyList<string>? dataNotes = null)
    {
        var page = new StringBuilder(Head);
        string title = Escape(evaluation is null ? model.Network.Name : $"{model.Network.Name} on {evaluation.Data.Name}");
        page.Append($"<title>{title}</title></head><body>\n<h1>{title}</h1>\n");
        if (evaluation is not null)
            Figures(page, viewed is null ? [evaluation] : [evaluation, viewed]);
        if (dataNotes is { Count: > 0 })
            page.Append("<h2>Data</h2>\n<p>").AppendJoin("<br/>\n", dataNotes.Select(Escape)).Append("</p>\n");
        if (history is not null)
            Curves(page, history, rates, evaluation is null ? 1.0 / Math.Max(1, model.ClassNames.Count) : evaluation.Metrics.Confusion.MajorityShare);
        if (evaluation is not null)
        {
            Classes(page, evaluation.Metrics.Confusion, model.ClassNames);
            Confusions(page, evaluation.Metrics.Confusion, model.ClassNames);
            Reliability(page, evaluation.Calibration);
            if (model.Text is null)
                Mistakes(page, evaluation, model.ClassNames);
            else
                WordPage.Append(page, model, evaluation, MaxMistakes);
        }
        if (PageImages.FirstKernels(model.Network) is { } kernels)
            page.Append($"<h2>Kernels of the first convolution</h2>\n<p>Grey is 0, white the largest weight of a kernel, black its opposite.</p>\n<p>{kernels}</p>\n");
        Summary(page, model.Network);
        Origin(page, model, command);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Figures(StringBuilder page, ModelEvaluation[] evaluations)
    {
        Table(page, ["judged by", "!samples", "!accuracy", "!error", "!cross-entropy", "!mean squared error", "!macro F1", "!expected calibration error"], evaluations.Select(Row));

        static string[] Row(ModelEvaluation evaluation)
        {
            ClassificationMetrics metrics = evaluation.Metrics;
            return
            [
                evaluation.Views is { } views ? $"{views.Count} copies ({views.Name})" : "the sample itself",
                Format.Count(metrics.Count), Format.Percent(metrics.Accuracy), Format.Percent(metrics.Error), Format.Loss(metrics.CrossEntropy),
                Format.Loss(metrics.MeanSquaredError), Format.Percent(metrics.Confusion.MacroF1), Format.Percent(evaluation.Calibration.ExpectedError),
            ];
        }
    }

    private static void Curves(StringBuilder page, IReadOnlyList<EpochResult> history, IReadOnlyList<(double Epoch, double Rate)>? rates, double majority)
    {
        page.Append($"<h2>Training</h2>\n<p class=\"fit\">{Escape(FitVerdict.Of(history, majority))}</p>\n<div class=\"row\">");
        Chart("Loss", Format.Loss, [Curve("training", First, epoch => epoch.Loss), Curve("validation", Second, epoch => epoch.ValidationLoss)]);
        Chart("Accuracy", Format.Percent, [Curve("training", First, epoch => epoch.Accuracy), Curve("validation", Second, epoch => epoch.ValidationAccuracy)]);
        Chart("Learning rate", Format.Rate, [rates is null ? Curve("at the end of the epoch", First, epoch => epoch.LearningRate) : new("of every step", First, rates)]);
        page.Append("</div>\n<p>The training curves are taken while the weights still change, with whatever augmentation there is.</p>\n");

        Line Curve(string name, string colour, Func<EpochResult, double?> value) =>
            new(name, colour, history.Select(epoch => ((double)epoch.Epoch, value(epoch) ?? double.NaN)));
        void Chart(string name, Func<double, string> label, Line[] lines) => page.Append($"<div><h3>{name}</h3>{LineChart.Svg("epoch", lines, label)}</div>\n");
    }

    private static void Classes(StringBuilder page, ConfusionMatrix confusion, IReadOnlyList<string> names)
    {
        page.Append("<h2>Classes</h2>\n");
        Table(page, ["class", "!samples", "!precision", "!recall", "!F1"], names.Select((name, c) => new[]
        {
            name, Format.Count(confusion.TruthCount(c)), Format.Percent(confusion.Precision(c)), Format.Percent(confusion.Recall(c)), Format.Percent(confusion.F1(c)),
        }));
    }

    /// <summary>Which classes are taken for which.</summary>
    public static void Confusions(StringBuilder page, ConfusionMatrix confusion, IReadOnlyList<string> names)
    {
        page.Append("<h2>Confusion matrix</h2>\n");
        if (names.Count <= MaxClassesInMatrix)
        {
            page.Append("<p>Rows are the truth, columns the guesses.</p>\n<div class=\"scroll\"><table><tr><th></th>");
            foreach (string name in names)
                page.Append($"<th class=\"n\">{Escape(name)}</th>");
            page.Append("</tr>\n");
            for (int truth = 0; truth < names.Count; truth++)
            {
                page.Append($"<tr><th>{Escape(names[truth])}</th>");
                for (int guess = 0; guess < names.Count; guess++)
                    page.Append(Cell(confusion, truth, guess));
                page.Append("</tr>\n");
            }
            page.Append("</table></div>\n");
        }
        IReadOnlyList<ConfusedPair> pairs = EvaluationReports.Pairs(confusion, MaxPairs);
        if (pairs.Count == 0)
            return;
        page.Append("<h3>The most confused pairs</h3>\n");
        Table(page, ["truth", "taken for", "!times", "!of the class"], pairs.Select(pair => new[]
        {
            names[pair.Truth], names[pair.Guess], Format.Count(pair.Times), Format.Percent((double)pair.Times / confusion.TruthCount(pair.Truth)),
        }));
    }

    private static string Cell(ConfusionMatrix confusion, int truth, int guess)
    {
        long count = confusion[truth, guess];
        if (count == 0)
            return "<td class=\"n\">·</td>";
        // Rare mistakes must be seen, too, so the colour does not start from white.
        double strength = 0.15 + 0.6 * count / confusion.TruthCount(truth);
        string colour = truth == guess ? "31,111,178" : "194,87,26";
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"<td class=\"n\" style=\"background:rgba({colour},{strength:0.00})\">{Format.Count(count)}</td>");
    }

    private static void Reliability(StringBuilder page, Calibration calibration)
    {
        page.Append("<h2>Calibration</h2>\n<p>For guesses of about the same probability: how often they are right. On the dashed line they are right as often as they say; "
            + $"the expected calibration error is {Format.Percent(calibration.ExpectedError)}.</p>\n<div class=\"row\"><div>");
        Line[] lines =
        [
            new("right as often as it says", Ideal, [(0, 0), (1, 1)], Dashed: true),
            new("this model", First, calibration.Bins.Select(bin => (bin.Confidence, bin.Accuracy))),
        ];
        page.Append(LineChart.Svg("probability of the guess", lines, Format.Percent, (0, 1, 0, 1))).Append("</div><div>");
        Table(page, ["!probability", "!right", "!samples"], calibration.Bins.Select(bin => new[] { Format.Percent(bin.Confidence), Format.Percent(bin.Accuracy), Format.Count(bin.Count) }));
        page.Append("</div></div>\n");
    }

    private static void Mistakes(StringBuilder page, ModelEvaluation evaluation, IReadOnlyList<string> names)
    {
        page.Append($"<h2>The worst mistakes</h2>\n<p>{Format.Count(evaluation.Mistakes.Count)} of {Format.Count(evaluation.Metrics.Count)} samples are taken for another class; first those whose truth seemed least probable.</p>\n");
        var shape = evaluation.Data.ImageShape;
        var pixels = new float[shape.Length];
        foreach (Mistake mistake in evaluation.Mistakes.Take(MaxMistakes))
        {
            evaluation.Data.Read(mistake.Index, pixels);
            page.Append($"<figure>{PageImages.Tag(pixels, shape.Channels, shape.Height, shape.Width, SampleName.Of(evaluation.Data, mistake.Index))}"
                + $"<figcaption>{Escape(names[mistake.Truth])} ({Format.Percent(mistake.OfTruth)}), taken for <b>{Escape(names[mistake.Guess])}</b> ({Format.Percent(mistake.OfGuess)})</figcaption></figure>\n");
        }
    }

    private static void Summary(StringBuilder page, Network network)
    {
        NetworkSummary summary = network.Summary();
        page.Append($"<h2>Network</h2>\n<p>{Escape(summary.Name)}: {Format.Count(summary.Parameters)} parameters, {Format.Count(summary.MultiplyAdds)} multiply-adds a sample.</p>\n<div class=\"scroll\">");
        Table(page, ["name", "layer", "!output", "!parameters", "!multiply-adds"], summary.Rows.Select(row => new[]
        {
            row.Name, row.Words, Format.Size(row.OutputShape), Format.Count(row.Parameters), Format.Count(row.MultiplyAdds),
        }));
        page.Append("</div>\n");
    }

    private static void Origin(StringBuilder page, Model model, string command)
    {
        page.Append($"<h2>How it was made</h2>\n<p><code>{Escape(command)}</code></p>\n");
        Table(page, ["", ""], [
            .. model.Info.Select(pair => new[] { pair.Key, pair.Value }),
            ["fovea", typeof(ReportPage).Assembly.GetName().Version!.ToString(fieldCount: 3)],
            ["runtime", RuntimeInformation.FrameworkDescription],
            ["system", $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors"],
        ]);
    }

    /// <summary>A table; a heading that starts with <c>!</c> is of a column of numbers.</summary>
    public static void Table(StringBuilder page, string[] headings, IEnumerable<string[]> rows)
    {
        string Class(int column) => headings[column].StartsWith('!') ? " class=\"n\"" : "";
        page.Append("<table>");
        if (headings.Any(heading => heading.Length > 0))
            page.Append("<tr>").AppendJoin("", headings.Select((heading, c) => $"<th{Class(c)}>{Escape(heading.TrimStart('!'))}</th>")).Append("</tr>\n");
        foreach (string[] row in rows)
            page.Append("<tr>").AppendJoin("", row.Select((cell, c) => $"<td{Class(c)}>{Escape(cell)}</td>")).Append("</tr>\n");
        page.Append("</table>\n");
    }

    private static string Escape(string text) => LineChart.Escape(text);
}
