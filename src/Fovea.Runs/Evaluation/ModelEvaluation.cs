using Fovea.Data;
using Fovea.Metrics;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Evaluation;

/// <summary>All that a report shows of a model on a data set: figures, calibration, mistakes.</summary>
/// <param name="Data">The samples.</param>
/// <param name="Metrics">How well they were classified.</param>
/// <param name="Calibration">How well its probabilities are calibrated.</param>
/// <param name="Mistakes">Every wrong guess, the one with the least probability of the truth first.</param>
/// <param name="Views">The copies that every sample was judged by; null for the sample alone.</param>
public sealed record ModelEvaluation(IDataset Data, ClassificationMetrics Metrics, Calibration Calibration, IReadOnlyList<Mistake> Mistakes, TestTimeViews? Views)
{
    /// <summary>Runs the model over all samples.</summary>
    public static ModelEvaluation Of(Model model, IDataset data, int? threads, TestTimeViews? views, CancellationToken cancellation) =>
        Of(model, data, data, threads, views, cancellation);

    /// <summary>Runs a head over the features of all samples, so that their images need not go through the backbone again.</summary>
    internal static ModelEvaluation OfHead(Model head, IDataset features, IDataset data, int? threads) =>
        Of(head, features, data, threads, null, CancellationToken.None);

    private static ModelEvaluation Of(Model model, IDataset inputs, IDataset data, int? threads, TestTimeViews? views, CancellationToken cancellation)
    {
        var calibration = new Calibration();
        var mistakes = new List<Mistake>();
        ClassificationMetrics metrics = new Evaluator(model, inputs, threads: threads, views: views).Evaluate(
            observer: (index, probabilities, label) =>
            {
                FiniteOutputs.Require(probabilities, data, index);
                calibration.Add(probabilities, label);
                int guess = Ranking.ArgMax(probabilities);
                if (guess != label)
                    mistakes.Add(new Mistake(index, label, probabilities[label], guess, probabilities[guess]));
            },
            cancellation: cancellation);
        return new ModelEvaluation(data, metrics, calibration, [.. mistakes.OrderBy(mistake => mistake.OfTruth).ThenBy(mistake => mistake.Index)], views);
    }
}

/// <summary>A sample that was taken for another class, and the probabilities of both classes.</summary>
public sealed record Mistake(int Index, int Truth, float OfTruth, int Guess, float OfGuess);
