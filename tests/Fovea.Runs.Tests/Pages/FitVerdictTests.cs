using Fovea.Runs.Pages;
using Fovea.Training;

namespace Fovea.Runs.Tests.Pages;

public class FitVerdictTests
{
    [Theory]
    [InlineData("Overfitting from epoch 2", 1.0, 0.5, 0.4, 0.45, 0.1, 0.9)]
    [InlineData("Underfitting", 1.0, 0.9, 0.8, 0.7, 0.6, 0.5)]
    [InlineData("good fit", 1.0, 1.1, 0.2, 0.21, 0.19, 0.208)]
    public void Curves_are_put_into_words(string words, params double[] losses)
    {
        // Training and validation loss of three epochs, in turn.
        EpochResult[] history = [.. Enumerable.Range(0, 3).Select(e => new EpochResult(e + 1, losses[2 * e], 0.9, losses[2 * e + 1], 0.9, 0.1f, 1, true))];
        Assert.Contains(words, FitVerdict.Of(history, 0.1));
    }

    [Fact]
    public void Large_gaps_nothing_learnt_and_missing_validation_are_said()
    {
        EpochResult epoch = new(1, 0.1, 0.99, 0.4, 0.85, 0.1f, 1, true);
        Assert.Contains("Overfitting: 99.00 %", FitVerdict.Of([epoch], 0.1));
        EpochResult[] stuck = [.. Enumerable.Range(1, 8).Select(e => new EpochResult(e, 2.303, 0.11, 2.302, 0.1, 0.1f, 1, e == 1))];
        Assert.Contains("Underfitting: the validation loss has settled, but no more than 11.00 %", FitVerdict.Of(stuck, 0.1));
        Assert.Contains("Too few epochs", FitVerdict.Of([epoch with { Accuracy = 0.52, ValidationAccuracy = 0.4 }], 0.5));
        Assert.Contains("No samples were kept", FitVerdict.Of([epoch with { ValidationLoss = null, ValidationAccuracy = null }], 0.1));
    }

    /// <summary>66 % of two equal classes are no good fit, nor are 92 % where one class has 90 %.</summary>
    [Theory]
    [InlineData(0.66, 0.5, "Underfitting")]
    [InlineData(0.92, 0.9, "Underfitting")]
    [InlineData(0.9, 0.9, "Underfitting")]
    [InlineData(0.95, 0.5, "good fit")]
    [InlineData(0.98, 0.9, "good fit")]
    [InlineData(0.65, 0.1, "good fit")]
    [InlineData(1, 1, "good fit")]
    public void What_is_recognised_is_held_against_the_most_common_class(double accuracy, double majority, string verdict)
    {
        EpochResult[] settled = [.. Enumerable.Range(1, 8).Select(e => new EpochResult(e, 0.6, accuracy, 0.6, accuracy, 0.1f, 1, e == 1))];
        Assert.Contains(verdict, FitVerdict.Of(settled, majority));
    }
}
