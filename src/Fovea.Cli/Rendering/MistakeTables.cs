using Fovea.Metrics;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Text;

namespace Fovea.Cli.Rendering;

/// <summary>Shows what a model takes for what, and where it is most wrong.</summary>
internal static class MistakeTables
{
    private const int MaxPairs = 5, MaxMistakes = 5;

    /// <summary>Prints calibration, the pairs most often confused, and the worst mistakes.</summary>
    public static void Print(Terminal terminal, ModelEvaluation evaluation, IReadOnlyList<string> names)
    {
        terminal.Print();
        terminal.Print($"expected calibration error {Format.Percent(evaluation.Calibration.ExpectedError)}: so far are probabilities from how often they are right");
        if (evaluation.Mistakes.Count == 0)
            return;
        terminal.Print();
        var pairs = new TextTable("most confused", "taken for", ">times", ">of the class");
        ConfusionMatrix confusion = evaluation.Metrics.Confusion;
        foreach (ConfusedPair pair in EvaluationReports.Pairs(confusion, MaxPairs))
            pairs.Add(names[pair.Truth], names[pair.Guess], Format.Count(pair.Times), Format.Percent((double)pair.Times / confusion.TruthCount(pair.Truth)));
        pairs.Print(terminal);
        terminal.Print();
        var mistakes = new TextTable("worst mistakes", "truth", ">probability", "taken for", ">probability");
        foreach (Mistake mistake in evaluation.Mistakes.Take(MaxMistakes))
            mistakes.Add(Printable.Shorten(SampleName.Of(evaluation.Data, mistake.Index)), names[mistake.Truth], Format.Percent(mistake.OfTruth), names[mistake.Guess], Format.Percent(mistake.OfGuess));
        mistakes.Print(terminal);
    }
}
