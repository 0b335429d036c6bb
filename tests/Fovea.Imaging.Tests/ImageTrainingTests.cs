using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fovea.Data;
using Fovea.Diagnostics;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>From a folder of images to a classifier.</summary>
public sealed class ImageTrainingTests : IDisposable
{
    private const int PerClass = 30;
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-training").FullName;

    public ImageTrainingTests()
    {
        var rng = new Rng(1);
        foreach (string name in (string[])["dark", "light"])
            for (int i = 0; i < PerClass; i++)
            {
                var image = new Image(16, 16, 1);
                foreach (ref byte pixel in image.Pixels)
                    pixel = (byte)((name == "light" ? 155 : 0) + rng.NextInt(100));
                Directory.CreateDirectory(Path.Join(_root, name));
                ImageFile.SavePng(image, Path.Join(_root, name, $"{i}.png"));
            }
        File.WriteAllText(Path.Join(_root, "dark", "broken.png"), "no image");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_folder_becomes_a_classifier_and_progress_is_told()
    {
        var told = new Told();
        ImageClassifier classifier = ImageClassifier.Train(_root, new ImageTrainingOptions { Epochs = 6, BatchSize = 8, LearningRate = 0.005 }, told);

        Assert.Equal(["dark", "light"], classifier.ClassNames);
        foreach (string name in classifier.ClassNames)
            Assert.Equal(name, classifier.Classify(Path.Join(_root, name, "3.png")).Best.Class);
        Assert.Equal(new Shape(1, 16, 16), classifier.Model.Network.InputShape);

        Assert.Equal(Enum.GetValues<TrainingStage>(), told.All.Select(one => one.Stage).Distinct());
        Assert.All(told.All, one => Assert.InRange(one.Done, 0, 1));
        Assert.Equal(Enumerable.Range(1, 6), told.All.Select(one => one.Epoch?.Epoch).OfType<int>());
        Assert.All(told.All, one => Assert.True(one.Epoch is null || one.Epoch.ValidationAccuracy is not null));
        Assert.Equal(2 * PerClass / 10, told.All[^1].Test!.Count);
        Assert.Equal(1, told.All[^1].Test!.Accuracy);
        Assert.Contains(told.All, one => one.Message == "note: 1 image cannot be read and is left out:");

        classifier.Save(Path.Join(_root, "model.safetensors"));
        Assert.Equal(
            classifier.Classify(Path.Join(_root, "dark", "1.png")).Guesses,
            ImageClassifier.Load(Path.Join(_root, "model.safetensors")).Classify(Path.Join(_root, "dark", "1.png")).Guesses);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_with_or_without_progress()
    {
        var options = new ImageTrainingOptions { Epochs = 1, Seed = 3 };
        Assert.Equal(Weights(options, null), Weights(options with { Threads = 1 }, new Told()));
        Assert.NotEqual(Weights(options, null), Weights(options with { Seed = 4 }, null));

        float[] Weights(ImageTrainingOptions options, IProgress<ImageTrainingProgress>? progress) =>
            [.. ImageClassifier.Train(_root, options, progress).Model.Network.Parameters.SelectMany(parameter => parameter.Value.Span.ToArray())];
    }

    [Fact]
    public void It_can_be_cancelled_and_wrong_options_are_refused()
    {
        using var ending = new CancellationTokenSource();
        var told = new Told(one =>
        {
            if (one.Epoch is not null)
                ending.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => ImageClassifier.Train(_root, new ImageTrainingOptions { Epochs = 50 }, told, ending.Token));
        Assert.Equal(1, told.All.Count(one => one.Epoch is not null));

        foreach ((ImageTrainingOptions options, string message) in ((ImageTrainingOptions, string)[])
            [
                (new() { Preset = "lenet6" }, "lenet5"), (new() { Epochs = 0 }, "epochs must be positive, got 0"), (new() { LearningRate = -1 }, "the learning rate must be positive, got -1"),
                (new() { Test = 1 }, "the test share must be at least 0 and below 1, got 1"), (new() { Augment = "turn" }, "turn"),
                (new() { Validation = 0.001 }, "a validation share of 0.001 of 54 samples leaves one part empty"), (new() { Input = new Shape(2, 5, 5) }, "(1, H, W) or (3, H, W)"),
            ])
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => ImageClassifier.Train(_root, options)).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => ImageClassifier.Train(Path.Join(_root, "none")));
        Assert.Throws<DataFormatException>(() => ImageClassifier.Train(Path.Join(_root, "dark")));
    }

    [Fact]
    public void Listeners_hear_of_training_and_predictions()
    {
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities)
                    activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var sums = new Dictionary<string, double>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, own) => own.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        meters.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        meters.Start();

        using Activity own = new Activity("test").Start();
        ImageClassifier classifier = ImageClassifier.Train(_root, new ImageTrainingOptions { Epochs = 2 });
        classifier.Classify(Path.Join(_root, "dark", "1.png"));

        // Other tests may train at the same time.
        Activity[] mine;
        lock (activities)
            mine = [.. activities.Where(activity => activity.TraceId == own.TraceId)];
        Assert.Equal(["fovea.train", "fovea.classify"], mine.Select(activity => activity.OperationName));
        Assert.Equal(2, mine[0].Events.Count(one => one.Name == "epoch"));
        Assert.Equal("convnet-basic", mine[0].GetTagItem("fovea.network"));
        lock (sums)
        {
            Assert.True(sums["fovea.training.samples"] >= 2 * 48);
            Assert.True(sums["fovea.prediction.images"] >= 1);
            foreach (string name in (string[])["fovea.prediction.duration", "fovea.training.epoch.duration", "fovea.training.loss", "fovea.validation.loss", "fovea.validation.accuracy"])
                Assert.True(sums.ContainsKey(name), name);
        }

        void Add(Instrument instrument, double value)
        {
            if (instrument.Meter.Name != Telemetry.Name)
                return;
            lock (sums)
                sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
        }
    }

    private sealed class Told(Action<ImageTrainingProgress>? then = null) : IProgress<ImageTrainingProgress>
    {
        public List<ImageTrainingProgress> All { get; } = [];

        public void Report(ImageTrainingProgress value)
        {
            lock (All)
                All.Add(value);
            then?.Invoke(value);
        }
    }
}
