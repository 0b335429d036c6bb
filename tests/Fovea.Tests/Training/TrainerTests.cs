using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Data.Synthetic;
using Fovea.Layers;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly MemoryDataset Digits32 = Digits.Generate(32, seed: 5);
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Thirty_two_samples_can_be_overfitted()
    {
        Network network = Small(seed: 1);
        var trainer = new Trainer(network, new Adam(0.01), new TrainingOptions { Epochs = 60, BatchSize = 16, Threads = 1 });
        Assert.Equal(TrainingEnd.Completed, trainer.Run(Digits32));
        Assert.Equal(1, new Evaluator(new Model(network), Digits32).Evaluate().Accuracy);
        Assert.True(trainer.State.History[^1].Loss < 0.1 * trainer.State.History[0].Loss);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void The_number_of_threads_changes_no_bit(int threads)
    {
        Assert.Equal(Weights(Train(threads: 1)), Weights(Train(threads)));

        static Network Train(int threads)
        {
            Network network = Small(seed: 2);
            new Trainer(network, new Sgd(0.05, momentum: 0.9), new TrainingOptions { Epochs = 2, BatchSize = 50, Threads = threads, MaxGradientNorm = 1 })
                .Run(Digits.Generate(120, seed: 1));
            return network;
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Augmented_and_balanced_training_is_the_same_for_any_number_of_threads(int threads)
    {
        float[] one = Weights(Train(threads: 1, "digits,cutout:6,mixup:0.3"));
        Assert.Equal(one, Weights(Train(threads, "digits,cutout:6,mixup:0.3")));
        Assert.NotEqual(one, Weights(Train(threads: 1, "digits,cutout:6")));

        static Network Train(int threads, string augmentation)
        {
            Network network = Small(seed: 2);
            var options = new TrainingOptions { Epochs = 2, BatchSize = 32, Threads = threads, Augmenter = Augmenter.Parse(augmentation), BalancedClasses = true };
            new Trainer(network, new Sgd(0.05, momentum: 0.9), options).Run(Digits.Generate(120, seed: 1));
            return network;
        }
    }

    [Theory]
    [InlineData("sgd", 3)]
    [InlineData("adamw", 5)]
    [InlineData("rmsprop", 10)]
    public void A_run_resumed_from_its_folder_ends_with_the_bits_of_one_that_was_not_interrupted(string optimizer, int stopAfter)
    {
        MemoryDataset training = Digits.Generate(70, seed: 1), validation = Digits.Generate(30, seed: 2);
        TrainingOptions options = new() { Epochs = 4, BatchSize = 16, Threads = 2, Schedule = new CosineDecay(), Seed = 9 };
        Normalization normalization = Normalization.Of(training);

        Network whole = Small(seed: 3);
        var uninterrupted = new Trainer(whole, OptimizerFactory.Create(optimizer, 0.01), options, normalization);
        uninterrupted.Run(training, validation);

        Network first = Small(seed: 3);
        var trainer = new Trainer(first, OptimizerFactory.Create(optimizer, 0.01), options, normalization);
        using var stop = new CancellationTokenSource();
        int steps = 0;
        trainer.BatchCompleted += _ =>
        {
            if (++steps == stopAfter)
                stop.Cancel();
        };
        Assert.Equal(TrainingEnd.Cancelled, trainer.Run(training, validation, stop.Token));
        RunFolder.Create(_folder).SaveCheckpoint(trainer, new Model(first, training.ClassNames, normalization), options.Seed, """{"mine":1}""");

        RunCheckpoint checkpoint = RunFolder.Open(_folder).LoadCheckpoint();
        Assert.Equal("""{"mine":1}""", checkpoint.Settings);
        var resumed = new Trainer(checkpoint.Data.Model.Network, OptimizerFactory.Create(optimizer, 0.01), options, checkpoint.Data.Model.Normalization);
        checkpoint.Restore(resumed);
        Assert.Equal(TrainingEnd.Completed, resumed.Run(training, validation));

        Assert.Equal(Weights(whole), Weights(checkpoint.Data.Model.Network));
        Assert.Equal(
            uninterrupted.State.History.Select(epoch => epoch with { Seconds = 0 }),
            resumed.State.History.Select(epoch => epoch with { Seconds = 0 }));
    }

    [Fact]
    public void The_best_epochs_weights_are_kept_and_patience_ends_the_run()
    {
        MemoryDataset training = Digits.Generate(60, seed: 1), validation = Digits.Generate(40, seed: 2);
        Network network = Small(seed: 4);
        var trainer = new Trainer(network, new Adam(0.01), new TrainingOptions { Epochs = 200, BatchSize = 20, Patience = 3 });
        Assert.Equal(TrainingEnd.StoppedEarly, trainer.Run(training, validation));
        EpochResult best = trainer.State.Best!;
        Assert.Equal(best.Epoch + 3, trainer.State.Epoch);
        Assert.Equal(best.ValidationAccuracy, new Evaluator(new Model(network), validation).Evaluate().Accuracy);
        Assert.Equal(trainer.State.History.Max(epoch => epoch.ValidationAccuracy), best.ValidationAccuracy);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_says_what_to_try()
    {
        var trainer = new Trainer(Small(seed: 5), new Sgd(1e30), new TrainingOptions { Epochs = 5 });
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Run(Digits32));
        Assert.Contains("try a learning rate ten times smaller", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>One step an epoch: the loss before it is sound, what it makes of the weights is not.</summary>
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, 0.5)]
    public void A_last_step_that_leads_astray_is_said_before_anything_is_kept(bool validated, double? average)
    {
        var trainer = new Trainer(Small(seed: 5), new Sgd(1e30), new TrainingOptions { Epochs = 1, BatchSize = 32, AverageDecay = average });
        trainer.EpochCompleted += _ => Assert.Fail("nothing is to be saved of this epoch");
        var error = Assert.Throws<TrainingDivergedException>(() => trainer.Run(Digits32, validated ? Digits32 : null));
        Assert.Contains("try a learning rate ten times smaller", error.Message, StringComparison.Ordinal);
        Assert.Empty(trainer.State.History);
        Assert.Null(trainer.State.BestParameters);
    }

    /// <summary>max(NaN, 0) is 0 in a rectifier: outputs may be numbers although a weight is none.</summary>
    [Fact]
    public void A_weight_that_is_no_number_is_found_behind_a_rectifier_and_when_a_run_is_cancelled()
    {
        Network network = Small(seed: 5);
        var trainer = new Trainer(network, new Sgd(0.01), new TrainingOptions { Epochs = 2, BatchSize = 16 });
        using var stop = new CancellationTokenSource();
        trainer.BatchCompleted += _ =>
        {
            network.Parameters[0].Value.Span[3] = float.NaN;
            stop.Cancel();
        };
        Assert.Contains(network.Parameters[0].Name, Assert.Throws<TrainingDivergedException>(() => trainer.Run(Digits32, null, stop.Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_with_numbers_that_are_none_is_written_with_null()
    {
        var folder = RunFolder.Create(_folder);
        folder.SaveHistory(new TrainingState { Epoch = 1, History = [new EpochResult(1, double.NaN, 0.5, double.PositiveInfinity, 0.5, 0.1f, 1, false)] });
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.HistoryJsonPath));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement[0].GetProperty("loss").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement[0].GetProperty("validationLoss").ValueKind);
    }

    [Fact]
    public void A_network_ending_in_softmax_learns_by_squared_error_too()
    {
        Network network = Small(seed: 6);
        var trainer = new Trainer(network, new Adam(0.01), new TrainingOptions { Epochs = 40, BatchSize = 32, Loss = new MeanSquaredError() });
        trainer.Run(Digits32);
        Assert.True(new Evaluator(new Model(network), Digits32).Evaluate().Accuracy > 0.9);
    }

    [Fact]
    public void Network_and_data_that_do_not_match_are_refused_with_both_shapes()
    {
        Network network = Network.Sequential(new Shape(3, 28, 28), new Flatten(), new Linear(3 * 784, 10));
        var error = Assert.Throws<ArgumentException>(() => new Trainer(network, new Sgd(0.1)).Run(Digits32));
        Assert.Contains("(3, 28, 28)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(1, 28, 28)", error.Message, StringComparison.Ordinal);
        Network two = Network.Sequential(new Shape(1, 28, 28), new Flatten(), new Linear(784, 2));
        Assert.Contains("2 classes", Assert.Throws<ArgumentException>(() => new Evaluator(new Model(two), Digits32)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-3, 1)]
    [InlineData(1, 0)]
    public void Options_out_of_range_are_refused(int epochs, int batchSize) =>
        Assert.Throws<ArgumentException>(() => new Trainer(Small(seed: 1), new Sgd(0.1), new TrainingOptions { Epochs = epochs, BatchSize = batchSize }));

    [Fact]
    public void Logits_and_probabilities_predict_the_same()
    {
        Network network = Small(seed: 7);
        float[] images = new float[5 * 784];
        var rng = new Rng(1);
        foreach (ref float pixel in images.AsSpan())
            pixel = (float)rng.NextDouble();
        float[] probabilities = new Predictor(new Model(network), batch: 5).Predict(images).ToArray();
        float[] fromLogits = new Predictor(new Model(network.WithoutSoftmax()), batch: 5).Predict(images).ToArray();
        for (int i = 0; i < probabilities.Length; i++)
            Assert.Equal(probabilities[i], fromLogits[i], 1e-6);
        Assert.Equal(5, probabilities.Sum(), 1e-5);
    }

    [Fact]
    public void History_is_written_as_csv_and_json()
    {
        RunFolder folder = RunFolder.Create(Path.Combine(_folder, "new", "run"));
        folder.SaveHistory(new TrainingState
        {
            History = [new EpochResult(1, 0.5, 0.75, null, null, 0.1f, 1.25, false), new EpochResult(2, 0.25, 0.875, 0.5, 0.8125, 0.05f, 1, true)],
        });
        string[] lines = File.ReadAllLines(folder.HistoryCsvPath);
        Assert.Equal("1,0.5,0.75,,,0.1,1.250,0", lines[1]);
        Assert.Equal("2,0.25,0.875,0.5,0.8125,0.05,1.000,1", lines[2]);
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.HistoryJsonPath));
        Assert.Equal(0.8125, json.RootElement[1].GetProperty("validationAccuracy").GetDouble());
    }

    private static Network Small(ulong seed) => new NetworkBuilder(new Shape(1, 28, 28))
        .Add(new Conv2d(1, 4, 5, stride: 2)).Add(new ReLU()).Add(new MaxPool2d(2)).Add(new Dropout2d(0.1)).Add(new Flatten())
        .Add(new Linear(4 * 6 * 6, 10)).Add(new Softmax()).Build(seed);

    private static float[] Weights(Network network) => [.. network.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray())];
}
