using Fovea.Cli.Datasets;
using Fovea.Cli.Running;
using Fovea.Metrics;

namespace Fovea.Cli.Rendering;

/// <summary>Shows what a model takes for what, and where it is most wrong.</summary>
internal static class MistakeTables
{
    private const int MostPairs = 5, MostMistakes = 5;

    /// <summary>A pair of classes, and how often the first was taken for the second.</summary>
    public sealed record ConfusedPair(int Truth, int Guess, long Times);

    /// <summary>The pairs that are confused most often.</summary>
    public static IReadOnlyList<ConfusedPair> Pairs(ConfusionMatrix confusion, int most) =>
        [.. (from truth in Enumerable.Range(0, confusion.Classes)
             from guess in Enumerable.Range(0, confusion.Classes)
             where truth != guess && confusion[truth, guess] > 0
             orderby confusion[truth, guess] descending
             select new ConfusedPair(truth, guess, confusion[truth, guess])).Take(most)];

    /// <summary>All mistakes with the names of samples and classes, the worst first.</summary>
    public static IReadOnlyList<MistakeReport> Report(Judgement judgement, IReadOnlyList<string> names) =>
        [.. judgement.Mistakes.Select(mistake => new MistakeReport(
            SampleName.Of(judgement.Data, mistake.Index), names[mistake.Truth], mistake.OfTruth, names[mistake.Guess], mistake.OfGuess))];

    /// <summary>Prints whether probabilities can be believed, the pairs most often confused, and the worst mistakes.</summary>
    public static void Print(Terminal terminal, Judgement judgement, IReadOnlyList<string> names)
    {
        terminal.Print();
        terminal.Print($"expected calibration error {Format.Percent(judgement.Calibration.ExpectedError)}: so far are probabilities from how often they are right");
        if (judgement.Mistakes.Count == 0)
            return;
        terminal.Print();
        var pairs = new TextTable("most confused", "taken for", ">times", ">of the class");
        ConfusionMatrix confusion = judgement.Metrics.Confusion;
        foreach (ConfusedPair pair in Pairs(confusion, MostPairs))
            pairs.Add(names[pair.Truth], names[pair.Guess], Format.Count(pair.Times), Format.Percent((double)pair.Times / confusion.TruthCount(pair.Truth)));
        pairs.Print(terminal);
        terminal.Print();
        var mistakes = new TextTable("worst mistakes", "truth", ">probability", "taken for", ">probability");
        foreach (Mistake mistake in judgement.Mistakes.Take(MostMistakes))
            mistakes.Add(SampleName.Of(judgement.Data, mistake.Index), names[mistake.Truth], Format.Percent(mistake.OfTruth), names[mistake.Guess], Format.Percent(mistake.OfGuess));
        mistakes.Print(terminal);
    }
}
