using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Tests.Training;

public sealed class RateFinderTests
{
    private static readonly MemoryDataset Data = Digits.Generate(600, seed: 1);

    [Theory]
    [InlineData("adam", 1e-4, 0.05)]
    [InlineData("sgd", 1e-3, 1)]
    public void A_sensible_rate_is_found_and_the_network_is_as_it_was(string name, double least, double most)
    {
        Network network = TrainingCases.Small(seed: 1);
        float[] before = TrainingCases.Weights(network);
        OptimizerOptions options = new() { Momentum = name == "sgd" ? 0.9 : null };
        var shown = new List<(double, double)>();

        RateSearch found = RateFinder.Find(
            network, OptimizerFactory.Create(name, 1, options), Data, new TrainingOptions { BatchSize = 32 }, normalization: Normalization.Of(Data), progress: (rate, loss) => shown.Add((rate, loss)));

        Assert.Equal(before, TrainingCases.Weights(network));
        Assert.Equal(found.Points.Select(point => (point.LearningRate, point.Loss)), shown);
        Assert.InRange(found.TenthOfMinimum!.Value, least, most);
        Assert.InRange(found.Steepest!.Value, least, 10 * most);
        // An epoch at the rate found leads further than one at a hundredth of it, and at a hundred times as much.
        double suggested = LossAfter(found.TenthOfMinimum.Value);
        Assert.InRange(LossAfter(found.TenthOfMinimum.Value / 100), 1.1 * suggested, double.PositiveInfinity);
        Assert.InRange(LossAfter(found.TenthOfMinimum.Value * 100), 1.1 * suggested, double.PositiveInfinity);

        double LossAfter(double rate)
        {
            Network fresh = TrainingCases.Small(seed: 1);
            var trainer = new Trainer(fresh, OptimizerFactory.Create(name, rate, options), new TrainingOptions { Epochs = 2, BatchSize = 32 }, Normalization.Of(Data));
            try
            {
                trainer.Run(Data);
            }
            catch (TrainingDivergedException)
            {
                return double.PositiveInfinity;
            }
            return new Evaluator(new Model(fresh, normalization: Normalization.Of(Data)), Data).Evaluate().CrossEntropy;
        }
    }

    [Fact]
    public void Rates_grow_by_one_factor_and_losses_are_smoothed()
    {
        RateSearch found = RateFinder.Find(
            TrainingCases.Small(seed: 1), new Sgd(1), Data, new TrainingOptions { BatchSize = 32 }, new RateRange(1e-6, 1e-3, 31));
        Assert.Equal(31, found.Points.Count);
        Assert.False(found.Exploded);
        for (int i = 0; i < 31; i++)
        {
            Assert.Equal(1e-6 * Math.Pow(10, i / 10.0), found.Points[i].LearningRate, 1e-12);
            double[] weights = [.. Enumerable.Range(0, 31).Select(j => Math.Exp(-Math.Pow((i - j) / (0.04 * 31), 2) / 2))];
            Assert.Equal(found.Points.Select((point, j) => weights[j] * point.Loss).Sum() / weights.Sum(), found.Points[i].Smoothed, 1e-9);
        }
    }

    [Fact]
    public void An_explosion_ends_the_search_and_cancelling_restores_the_network()
    {
        Network network = TrainingCases.Small(seed: 2);
        float[] before = TrainingCases.Weights(network);
        RateSearch found = RateFinder.Find(network, new Sgd(1), Data, new TrainingOptions { BatchSize = 32 }, new RateRange(1e-3, 1e6, 40));
        Assert.True(found.Exploded);
        Assert.InRange(found.Points.Count, 5, 39);
        Assert.Equal(before, TrainingCases.Weights(network));

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => RateFinder.Find(
            network, new Sgd(1), Data, new TrainingOptions { BatchSize = 32 }, progress: (_, _) => stop.Cancel(), cancellation: stop.Token));
        Assert.Equal(before, TrainingCases.Weights(network));
    }

    [Fact]
    public void Suggestions_are_the_steepest_fall_and_a_tenth_of_the_minimum()
    {
        // Flat, a fall by three quarters around 1e-3, smallest short of 1e-1, then an explosion.
        double[] exponents = [.. Enumerable.Range(0, 80).Select(i => -7 + i / 10.0)], rates = [.. exponents.Select(exponent => Math.Pow(10, exponent))];
        double[] losses = [.. exponents.Select(exponent => 2 - 1.5 / (1 + Math.Exp(-3 * (exponent + 3))) + Math.Exp(12 * (exponent + 0.5)))];
        RateSearch found = RateSearch.Of(rates[..66], losses[..66], 80);
        Assert.True(found.Exploded);
        Assert.InRange(Math.Log10(found.Steepest!.Value), -2.85, -2.55);
        Assert.InRange(Math.Log10(found.TenthOfMinimum!.Value), -2.5, -2.0);

        double[] rising = [.. Enumerable.Range(1, 80).Select(i => (double)i)];
        Assert.Null(RateSearch.Of(rates, rising, 80).Steepest);
        Assert.Null(RateSearch.Of(rates, rising, 80).TenthOfMinimum);
        Assert.Null(RateSearch.Of([], [], 80).Steepest);
    }

    [Fact]
    public void Wrong_ranges_and_used_optimisers_are_refused()
    {
        Refused.With("the lowest learning rate must be from 1E-30 to 1E+30, got 0", () => new RateRange(0));
        Refused.With("the highest learning rate must be above the lowest, 0.1, got 0.01", () => new RateRange(0.1, 0.01));
        Refused.With("a search takes 20 steps or more, got 3", () => new RateRange(steps: 3));
        var used = new Sgd(0.1);
        used.Prepare([1]);
        used.BeginStep();
        Assert.Contains("needs a fresh one", Assert.Throws<ArgumentException>(() => RateFinder.Find(TrainingCases.Small(seed: 1), used, Data)).Message, StringComparison.Ordinal);
    }
}
