using System.Globalization;
using System.Text;
using Fovea.Data;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Prediction;
using Fovea.Runs.Text;
using Fovea.Serialization;

namespace Fovea.Runs.Pages;

/// <summary>The words of texts that mattered, coloured by what they did.</summary>
internal static class WordPage
{
    private const int Examples = 12, MaxWords = 80;

    /// <summary>Some texts at equal distances and the worst mistakes, each with what its words did to the guess.</summary>
    public static void Append(StringBuilder page, Model model, ModelEvaluation evaluation, int mistakes)
    {
        var classifier = new TextClassifier(model);
        page.Append("<h2>The words that mattered</h2>\n<p>By how many hundredths the probability of the class falls when a word is hidden: blue words speak for it, orange ones against it.</p>\n");
        IDataset data = evaluation.Data;
        Dictionary<int, Mistake> wrong = evaluation.Mistakes.ToDictionary(mistake => mistake.Index);
        int count = Math.Min(Examples, data.Count);
        for (int i = 0; i < count; i++)
        {
            int index = (int)((long)i * data.Count / count), truth = data.Label(index);
            int guess = wrong.TryGetValue(index, out Mistake? mistake) ? mistake.Guess : truth;
            Text(page, classifier, SampleName.Of(data, index), guess, $"{model.ClassNames[guess]}{(guess == truth ? "" : $", wrong: {model.ClassNames[truth]}")}");
        }
        page.Append($"<h2>The worst mistakes</h2>\n<p>{Format.Count(evaluation.Mistakes.Count)} of {Format.Count(evaluation.Metrics.Count)} texts are taken for another class; first those whose truth seemed least probable.</p>\n");
        foreach (Mistake mistake in evaluation.Mistakes.Take(mistakes))
            Text(page, classifier, SampleName.Of(data, mistake.Index), mistake.Guess,
                $"{model.ClassNames[mistake.Truth]} ({Format.Percent(mistake.OfTruth)}), taken for {model.ClassNames[mistake.Guess]} ({Format.Percent(mistake.OfGuess)})");
    }

    private static void Text(StringBuilder page, TextClassifier classifier, string text, int label, string caption)
    {
        page.Append("<p>");
        IReadOnlyList<WordContribution> words = classifier.Explain(text, label);
        foreach (WordContribution word in words.Take(MaxWords))
        {
            double strength = Math.Min(1, Math.Abs(word.Contribution));
            string colour = word.Contribution >= 0 ? "31,111,178" : "194,87,26";
            string number = strength >= 0.05 ? string.Create(CultureInfo.InvariantCulture, $"<sub>{100 * word.Contribution:0}</sub>") : "";
            page.Append(CultureInfo.InvariantCulture, $"<span style=\"background:rgba({colour},{0.7 * strength:0.00})\">{(word.IsKnown ? "" : "<i>")}{LineChart.Escape(word.Word)}{(word.IsKnown ? "" : "</i>")}{number}</span> ");
        }
        page.Append($"{(words.Count > MaxWords ? "… " : "")}<br/><b>{LineChart.Escape(caption)}</b></p>\n");
    }
}
