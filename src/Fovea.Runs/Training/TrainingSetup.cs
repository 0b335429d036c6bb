using System.Globalization;
using Fovea.Data;
using Fovea.Networks;
using Fovea.Runs.Datasets;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>What settings mean for data: the model that is trained, and how the trainer goes.</summary>
public static class TrainingSetup
{
    /// <summary>Makes the model that is to be trained, from the one that the run starts from if there is one.</summary>
    /// <exception cref="RunException">The network cannot be made, or not be frozen as asked for.</exception>
    public static Model CreateModel(TrainSettings settings, TrainingData data, IProgress<RunEvent>? progress = null)
    {
        // Its limits were checked when the line was read, and what is unknown in it was named.
        Model? start = settings.From is { } path ? StartingModel.Load(path, trusted: true, progress: null) : null;
        IReadOnlyList<string> classes = data.Training.ClassNames;
        Network network = start is not null ? StartingModel.For(classes, start, settings, progress)
            : settings.Network is not null ? NetworkFile.Create(settings, data.Training.ImageShape, classes.Count, progress)
            : data.Text is { } words ? PresetChoice.CreateForText(settings.Model, words.VocabularySize, settings.Embedding, words.Length, classes.Count, settings.Seed)
            : PresetChoice.Create(settings.Model, data.Training.ImageShape, classes.Count, settings.Seed);
        StartingModel.Freeze(network, settings, progress);
        var info = new Dictionary<string, string>
        {
            ["dataset"] = settings.Dataset,
            ["epochs"] = settings.Epochs.ToString(CultureInfo.InvariantCulture),
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (settings.Recipe is { } recipe)
            info["recipe"] = recipe;
        if (settings.Augment is { } augmentation)
            info["augment"] = augmentation;
        data.HeldOut?.WriteTo(info);
        if (settings.From is { } from)
            info["from"] = from;
        if (settings.Freeze is { } frozen)
            info["frozen"] = frozen;
        var model = new Model(network, classes, start?.Normalization ?? (data.Text is null ? Normalization.Of(data.Training) : null), info,
            background: data.Text is null ? [settings.Ground.Red, settings.Ground.Green, settings.Ground.Blue] : null, text: data.Text);
        // The first layer of a model that was trained before belongs to what was built upon it.
        if (start is null)
            PatchWhitening.Apply(network, data.Training, model.Normalization);
        return model;
    }

    /// <summary>How a run goes by its settings.</summary>
    public static TrainingOptions OptionsOf(TrainSettings settings, IDataset training, int? threads) => new()
    {
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        Accumulate = settings.Accumulate,
        DropLast = settings.DropLast,
        Seed = settings.Seed,
        Threads = threads ?? Environment.ProcessorCount,
        Loss = settings.CreateLoss(settings.Balance == "weights" ? ClassBalance.Of(training).Weights : null),
        Augmenter = settings.CreateAugmenter(),
        BalancedClasses = settings.Balance == "sampling",
        Schedule = settings.CreateSchedule(),
        MaxGradientNorm = settings.Clip ?? double.PositiveInfinity,
        AverageDecay = settings.AverageDecay,
        Patience = settings.Patience,
    };
}
