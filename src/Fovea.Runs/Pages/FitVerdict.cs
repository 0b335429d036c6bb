using Fovea.Runs.Text;
using Fovea.Training;

namespace Fovea.Runs.Pages;

/// <summary>Says in plain words whether a run learnt too much by heart, too little, or about right.</summary>
internal static class FitVerdict
{
    private const double Gap = 0.05, Rise = 1.1, StillFalling = 0.95, MinSkill = 0.5;
    private const int MinEpochs = 3;

    /// <summary>One or two sentences on the run.</summary>
    /// <param name="history">Its epochs.</param>
    /// <param name="majority">The share of the most common class: what is right without having learnt anything.</param>
    public static string Of(IReadOnlyList<EpochResult> history, double majority)
    {
        if (history.Count == 0)
            return "No epoch was completed.";
        EpochResult last = history[^1];
        if (history.MinBy(epoch => epoch.ValidationLoss ?? double.PositiveInfinity) is not { ValidationLoss: { } lowest, ValidationAccuracy: { } accuracy } best)
            return "No samples were kept for validation, so over- and underfitting cannot be told apart.";
        if (last.ValidationLoss > Rise * lowest && last.Loss < best.Loss)
            return $"Overfitting from epoch {best.Epoch} on: the validation loss rose from {Format.Loss(lowest)} to {Format.Loss(last.ValidationLoss.Value)} while the training loss went on falling. "
                + "More data, augmentation or fewer epochs would help.";
        // A gap says something where the training samples are recognised; few epochs may end before they are.
        if (Skill(best.Accuracy, majority) >= MinSkill && best.Accuracy - accuracy > Gap)
            return $"Overfitting: {Format.Percent(best.Accuracy)} of the training samples are recognised, but only {Format.Percent(accuracy)} of the validation samples. "
                + "More data, augmentation or a smaller network would help.";
        if (history.Count < MinEpochs)
            return "Too few epochs to tell over- from underfitting.";
        double before = history[history.Count * 3 / 4 - 1].ValidationLoss ?? lowest;
        if (best == last && last.ValidationLoss < StillFalling * before)
            return "Underfitting: the validation loss was still falling when the run ended. More epochs would help.";
        // Training and validation agree as well where nothing was learnt; augmentation makes training samples the harder ones.
        double recognised = Math.Max(best.Accuracy, accuracy);
        return Skill(recognised, majority) < MinSkill
            ? $"Underfitting: the validation loss has settled, but no more than {Format.Percent(recognised)} of the samples are recognised, where always answering the most common class is right for {Format.Percent(majority)}. "
                + "Another learning rate (fovea find-lr) or a larger network may help."
            : "A good fit: training and validation agree, and the validation loss has settled.";
    }

    /// <summary>How much of what the most common class leaves open is recognised: 0 for always answering it, 1 for all.</summary>
    private static double Skill(double recognised, double majority) => majority < 1 ? (recognised - majority) / (1 - majority) : 1;
}
