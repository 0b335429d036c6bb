using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Training;

public sealed class WeightAverageTests
{
    private static readonly MemoryDataset Training = Digits.Generate(70, seed: 1), Validation = Digits.Generate(30, seed: 2);

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void The_run_ends_with_the_average_of_its_steps_running_statistics_too(double decay)
    {
        Network network = TrainingCases.Small(seed: 1);
        var trainer = new Trainer(network, new Adam(0.01), new TrainingOptions { Epochs = 6, BatchSize = 16, Threads = 1, AverageDecay = decay });
        double[] average = [.. TrainingCases.Weights(network)];
        int updates = 0;
        trainer.BatchCompleted += _ =>
        {
            updates++;
            double kept = Math.Min(decay, (1.0 + updates) / (10.0 + updates));
            float[] weights = TrainingCases.Weights(network);
            for (int i = 0; i < average.Length; i++)
                average[i] = kept * average[i] + (1 - kept) * weights[i];
        };
        float[] last = [];
        trainer.EpochCompleted += _ => last = TrainingCases.Weights(network);

        trainer.Run(Training);

        Assert.Equal(30, updates);
        float[] result = TrainingCases.Weights(network);
        for (int i = 0; i < result.Length; i++)
            Assert.Equal(average[i], result[i], 1e-6 * Math.Max(1, Math.Abs(average[i])));
        Assert.NotEqual(last, result);
    }

    [Fact]
    public void Validation_judges_the_average_and_training_goes_on_with_the_weights()
    {
        TrainingOptions options = new() { Epochs = 4, BatchSize = 16, Threads = 1, KeepBest = false };
        List<float[]> plain = [], averaged = [];
        Network first = TrainingCases.Small(seed: 2), second = TrainingCases.Small(seed: 2), judge = TrainingCases.Small(seed: 2);
        var without = new Trainer(first, new Sgd(0.05, 0.9), options);
        without.EpochCompleted += _ => plain.Add(TrainingCases.Weights(first));
        without.Run(Training, Validation);
        var with = new Trainer(second, new Sgd(0.05, 0.9), options with { AverageDecay = 0.9 });
        with.EpochCompleted += result =>
        {
            averaged.Add(TrainingCases.Weights(second));
            for (int p = 0; p < judge.Parameters.Count; p++)
                with.State.Averages![p].CopyTo(judge.Parameters[p].Value.Span);
            Assert.Equal(new Evaluator(new Model(judge), Validation).Evaluate().CrossEntropy, result.ValidationLoss);
        };
        with.Run(Training, Validation);

        Assert.Equal(plain, averaged);
        Assert.Equal(TrainingCases.Weights(judge), TrainingCases.Weights(second));
    }

    [Fact]
    public void The_best_epoch_is_kept_as_its_average()
    {
        Network network = TrainingCases.Small(seed: 4);
        var trainer = new Trainer(network, new Adam(0.02), new TrainingOptions { Epochs = 8, BatchSize = 16, AverageDecay = 0.95 });
        trainer.Run(Training, Validation);
        Assert.Equal(trainer.State.Best!.ValidationLoss, new Evaluator(new Model(network), Validation).Evaluate().CrossEntropy);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void An_interrupted_run_goes_on_with_its_average(int stopAfter) => TrainingCases.ResumesExactly(
        new TrainingOptions { Epochs = 4, BatchSize = 16, Threads = 2, Schedule = new CosineDecay(), Seed = 9, AverageDecay = 0.98 },
        () => new Adam(0.01), stopAfter, Training, stopAfter == 3 ? Validation : null);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void The_number_of_threads_changes_no_bit(int threads)
    {
        Assert.Equal(Train(1), Train(threads));

        static float[] Train(int threads)
        {
            // More than one piece of an average.
            Network network = Network.Sequential(new Shape(1, 28, 28), new Flatten(), new Linear(784, 90), new ReLU(), new Linear(90, 10));
            new Trainer(network, new Sgd(0.05), new TrainingOptions { Epochs = 2, BatchSize = 16, Threads = threads, AverageDecay = 0.9 }).Run(Training);
            return TrainingCases.Weights(network);
        }
    }

    [Fact]
    public void Averaging_allocates_nothing() =>
        Assert.Equal(0, TrainingCases.MinAllocation(new TrainingOptions { Epochs = 4, BatchSize = 16, AverageDecay = 0.9 }, new Sgd(0.01), Training));

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_decay_out_of_range_is_refused(double decay) =>
        Assert.Contains("the decay of the weights' average must be at least 0 and below 1", Assert.Throws<ArgumentException>(() =>
            new Trainer(TrainingCases.Small(seed: 1), new Sgd(0.1), new TrainingOptions { AverageDecay = decay })).Message, StringComparison.Ordinal);
}
