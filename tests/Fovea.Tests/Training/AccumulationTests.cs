using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Training;

namespace Fovea.Tests.Training;

public sealed class AccumulationTests
{
    private static readonly MemoryDataset Data = Digits.Generate(120, seed: 1);

    /// <summary>Also where the last batches are fewer and not full, samples have weights, and gradients are clipped.</summary>
    [Theory]
    [InlineData(4, 8, false, double.PositiveInfinity)]
    [InlineData(3, 16, true, double.PositiveInfinity)]
    [InlineData(7, 5, true, 0.5)]
    public void Batches_together_are_one_large_batch(int together, int batchSize, bool weighted, double maxNorm)
    {
        Loss loss = weighted ? new SoftmaxCrossEntropy(classWeights: [1, 2, 3, 0.5f, 1, 1, 4, 1, 1, 0.1f]) : new SoftmaxCrossEntropy();
        TrainingOptions options = new() { Epochs = 3, Loss = loss, MaxGradientNorm = maxNorm, Schedule = new CosineDecay(), Seed = 4 };
        List<float> rates = [];
        Network large = Train(options with { BatchSize = together * batchSize }, null);
        Network small = Train(options with { BatchSize = batchSize, Accumulate = together }, rates);

        float[] expected = TrainingCases.Weights(large), actual = TrainingCases.Weights(small);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-6 * scale);
        // The learning rate moves with the weights, not with the batches.
        int updates = (120 + together * batchSize - 1) / (together * batchSize);
        Assert.True(rates.Distinct().Count() <= 3 * updates);

        static Network Train(TrainingOptions options, List<float>? rates)
        {
            // Masks of dropout would be other ones, and statistics of batches are those of small ones.
            Network network = TrainingCases.Small(seed: 1, normalized: false, dropout: false);
            var trainer = new Trainer(network, new Sgd(0.1, momentum: 0.9), options);
            trainer.BatchCompleted += batch => rates?.Add(batch.LearningRate);
            trainer.Run(Data);
            return network;
        }
    }

    /// <summary>A run that is cancelled within a group of batches completes the group first.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void An_interrupted_run_ends_as_one_that_was_not(int stopAfter) => TrainingCases.ResumesExactly(
        new TrainingOptions { Epochs = 4, BatchSize = 16, Accumulate = 3, AverageDecay = 0.9, Threads = 2, Schedule = new CosineDecay() },
        () => new Adam(0.01), stopAfter, Data, null);

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        Assert.Equal(Train(1), Train(3));

        static float[] Train(int threads)
        {
            Network network = TrainingCases.Small(seed: 2);
            new Trainer(network, new Sgd(0.05), new TrainingOptions { Epochs = 2, BatchSize = 16, Accumulate = 2, Threads = threads }).Run(Data);
            return TrainingCases.Weights(network);
        }
    }

    [Fact]
    public void Accumulating_allocates_nothing() => Assert.Equal(0, TrainingCases.MinAllocation(
        new TrainingOptions { Epochs = 4, BatchSize = 16, Accumulate = 2 }, new Lookahead(new Sgd(0.01), 2), Data));

    [Fact]
    public void A_last_batch_that_is_not_full_is_left_out_if_asked_for()
    {
        TrainingOptions options = new() { Epochs = 3, BatchSize = 50, DropLast = true, Threads = 2 };
        List<int> samples = [];
        var trainer = new Trainer(TrainingCases.Small(seed: 1), new Sgd(0.01), options);
        trainer.BatchCompleted += batch =>
        {
            Assert.Equal(2, batch.Batches);
            samples.Add(batch.Samples);
        };
        trainer.Run(Data);
        Assert.Equal(Enumerable.Repeat(50, 6), samples);
        TrainingCases.ResumesExactly(options, () => new Sgd(0.01), 3, Data, null);
        // Fewer samples than a batch are one batch, not none.
        var few = new Trainer(TrainingCases.Small(seed: 1), new Sgd(0.01), options with { BatchSize = 500 });
        few.Run(Data);
        Assert.Equal(3, few.State.Step);
    }

    [Fact]
    public void No_batches_at_all_are_refused() =>
        Assert.Contains("the number of accumulated batches must be positive, got 0", Assert.Throws<ArgumentException>(() =>
            new Trainer(TrainingCases.Small(seed: 1), new Sgd(0.1), new TrainingOptions { Accumulate = 0 })).Message, StringComparison.Ordinal);
}
