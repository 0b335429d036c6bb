using System.Globalization;
using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Imaging.Folders;
using Fovea.Losses;
using Fovea.Metrics;
using Fovea.Networks.Presets;
using Fovea.Optimizers;
using Fovea.Schedules;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Imaging.Classifying;

/// <summary>Trains a preset on a folder of images, with the defaults of <c>fovea train FOLDER</c>.</summary>
internal sealed class FolderTraining(string folder, ImageTrainingOptions options, IProgress<ImageTrainingProgress>? progress, CancellationToken cancellation)
{
    private readonly Preset _preset = PresetCatalog.Find(options.Preset);
    private readonly Augmenter? _augmenter = options.Augment is null ? null : Augmenter.Parse(options.Augment);

    public Model Run()
    {
        TrainingOptions training = Options();
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        ImageFolderData data = Read(path);
        (HeldOutSplit heldOut, IDataset samples, IDataset? validation, IDataset? test) = Divide(data, path);
        Model model = CreateModel(samples, heldOut);
        if (SmallBatches.Warning(model.Network, samples.Count, training.BatchSize, dropLast: false) is { } warning)
            Say(warning);

        TrainingRecipe recipe = _preset.Recipe;
        Optimizer optimizer = OptimizerFactory.Create(
            recipe.Optimizer, options.LearningRate ?? recipe.LearningRate, new OptimizerOptions { Momentum = recipe.Momentum, WeightDecay = recipe.WeightDecay });
        var trainer = new Trainer(model.Network, optimizer, training, model.Normalization);
        if (progress is not null)
        {
            trainer.BatchCompleted += batch => Report(TrainingStage.Training, (batch.Epoch - 1 + (double)batch.Batch / batch.Batches) / batch.Epochs);
            trainer.EpochCompleted += epoch => progress.Report(
                new ImageTrainingProgress(TrainingStage.Training, (double)epoch.Epoch / training.Epochs) { Epoch = epoch });
        }
        if (trainer.Run(samples, validation, cancellation) == TrainingEnd.Cancelled)
            throw new OperationCanceledException(cancellation);
        if (test is not null && progress is not null)
        {
            Report(TrainingStage.Testing, 0);
            ClassificationMetrics metrics = new Evaluator(model, test, threads: options.Threads).Evaluate(
                done => Report(TrainingStage.Testing, (double)done / test.Count), cancellation: cancellation);
            progress.Report(new ImageTrainingProgress(TrainingStage.Testing, 1) { Test = metrics });
        }
        return model;
    }

    private TrainingOptions Options()
    {
        Positive(options.Epochs, "epochs");
        Positive(options.BatchSize, "batch size");
        Positive(options.Patience, "patience");
        Positive(options.Threads, "threads");
        if (options.LearningRate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the learning rate must be positive, got {rate}"));
        Share(options.Validation, "validation");
        Share(options.Test, "test");
        return new TrainingOptions
        {
            Epochs = options.Epochs ?? _preset.Recipe.Epochs,
            BatchSize = options.BatchSize ?? _preset.Recipe.BatchSize,
            Seed = options.Seed,
            Threads = options.Threads ?? Environment.ProcessorCount,
            Loss = LossFactory.Create("cross-entropy"),
            Augmenter = _augmenter,
            Schedule = ScheduleFactory.Create(_preset.Recipe.Schedule),
            Patience = options.Patience,
        };

        static void Positive(int? value, string name)
        {
            if (value <= 0)
                throw new ArgumentException($"{name} must be positive, got {value}");
        }

        static void Share(double? share, string name)
        {
            if (share is not (null or (>= 0 and < 1)))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the {name} share must be at least 0 and below 1, got {share}"));
        }
    }

    private ImageFolderData Read(string path)
    {
        ImageFolderData data = ImageFolder.Load(path, new ImageFolderOptions
        {
            ImageShape = options.Input,
            Reshape = _preset.InputFor,
            Background = options.Background,
            ClassPattern = options.ClassPattern,
            Threads = options.Threads ?? 0,
        }, progress is null ? null : new ReadingProgress(this), cancellation);
        if (progress is not null)
            foreach (string line in FolderRemarks.Of(data, ImageFolder.NameOf(path), options.Background, nameof(options.Background)))
                Say(line);
        return data;
    }

    /// <summary>The folder's own parts; what it lacks is held out of the training images.</summary>
    private (HeldOutSplit HeldOut, IDataset Training, IDataset? Validation, IDataset? Test) Divide(ImageFolderData data, string path)
    {
        if (data.Validation is not null && options.Validation is not null)
            throw new ArgumentException($"{path} has a validation part of its own, so that there is no share to hold out");
        if (data.Test is not null && options.Test is not null)
            throw new ArgumentException($"{path} has a test part of its own, so that there is no share to hold out");
        int samples = data.Train.Count;
        double test = data.Test is not null ? 0 : options.Test ?? HeldOutSplit.DefaultTestShare(samples);
        int left = samples - Count(test, samples, "test");
        double validation = data.Validation is not null ? 0 : options.Validation ?? HeldOutSplit.DefaultValidationShare(samples, left);
        Count(validation, left, "validation");
        var heldOut = new HeldOutSplit(path, samples, test, validation, options.Seed);
        (IDataset training, IDataset? ofValidation, IDataset? ofTest) = heldOut.Split(data.Train, new FolderSplitter());
        return (heldOut, training, data.Validation ?? ofValidation, data.Test ?? ofTest);
    }

    private static int Count(double share, int samples, string part)
    {
        try
        {
            return HeldOutSplit.Count(share, samples);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"a {part} share of {error.Message}", error);
        }
    }

    private Model CreateModel(IDataset training, HeldOutSplit heldOut)
    {
        var info = new Dictionary<string, string> { ["epochs"] = (options.Epochs ?? _preset.Recipe.Epochs).ToString(CultureInfo.InvariantCulture) };
        if (options.Augment is { } augmentation)
            info["augment"] = augmentation;
        heldOut.WriteTo(info);
        var normalization = Normalization.Of(training);
        Colour background = options.Background;
        return new Model(
            _preset.CreateFor(training, normalization, options.Seed), training.ClassNames, normalization, info,
            background: [background.Red, background.Green, background.Blue]);
    }

    private void Report(TrainingStage stage, double done) => progress?.Report(new ImageTrainingProgress(stage, done));

    private void Say(string message) => progress?.Report(new ImageTrainingProgress(TrainingStage.Reading, 1) { Message = message });

    /// <summary>Unlike <see cref="Progress{T}"/>, at once and in order.</summary>
    private sealed class ReadingProgress(FolderTraining training) : IProgress<ImageFolderProgress>
    {
        public void Report(ImageFolderProgress value) => training.Report(TrainingStage.Reading, (double)value.Done / value.Total);
    }
}
