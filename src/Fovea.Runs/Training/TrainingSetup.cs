using System.Globalization;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Runs.Datasets;
using Fovea.Runs.Models;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>What settings mean for data: the model that is trained, and how the trainer goes.</summary>
public static class TrainingSetup
{
    /// <summary>Makes the model that is to be trained, from the one that the run starts from if there is one.</summary>
    /// <exception cref="RunException">The network cannot be made, or not be frozen as asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while a head learnt.</exception>
    internal static Model CreateModel(TrainSettings settings, TrainingData data, RunContext context)
    {
        Model? start = Start(settings);
        IReadOnlyList<string> classes = data.Training.ClassNames;
        IProgress<RunEvent>? progress = context.Progress;
        Network network = start is null
            ? settings.Network is not null ? NetworkFile.Create(settings, data.Training.ImageShape, classes.Count, progress)
                : data.Text is { } words ? CreateForText(settings, words, classes.Count, context)
                : PresetChoice.Create(settings.Model, data.Training.ImageShape, classes.Count, settings.Seed)
            : settings.IsTransfer && !(settings.Cut is null && TransferStart.Knows(start, data)) ? TransferStart.Create(settings, data, context, start).TrainHead()
            : StartingModel.For(classes, start, settings, progress);
        StartingModel.Freeze(network, settings, progress);
        Model model = Make(settings, data, network, start);
        // The first layer of a model that was trained before belongs to what was built upon it.
        if (start is null)
            PatchWhitening.Apply(network, data.Training, model.Normalization);
        return model;
    }

    /// <summary>A network for texts, whose words have the vectors of a file if one was asked for.</summary>
    private static Network CreateForText(TrainSettings settings, TextPreparation words, int classes, RunContext context)
    {
        WordVectors? vectors = settings.Vectors is { } path ? WordVectors.Read(path, words, context.Cancellation) : null;
        if (vectors is not null && settings.Embedding is { } asked && asked != vectors.Dimension)
            throw RunException.InvalidRequest($"--embedding {asked} conflicts with {settings.Vectors}, whose vectors have {vectors.Dimension} numbers; leave it out");
        Network network = PresetChoice.CreateForText(settings.Model, words.VocabularySize, vectors?.Dimension ?? settings.Embedding, words.Length, classes, settings.Seed);
        if (vectors is not null)
        {
            vectors.CopyTo(network);
            context.Progress.Say($"{Format.Count(vectors.Found)} of the {Format.Count(words.Words.Count)} words begin with their vectors of {vectors.Dimension} numbers in {settings.Vectors}");
        }
        return network;
    }

    /// <summary>What the head of a run that trains nothing else learns from.</summary>
    /// <exception cref="RunException">The model cannot be cut so, or its features cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static TransferStart Features(TrainSettings settings, TrainingData data, RunContext context)
    {
        Model start = Start(settings)!;
        if (TransferStart.Knows(start, data))
            context.Progress.Note($"{settings.From} knows these classes already: only a new head learns; --unfreeze goes on training all its layers");
        return TransferStart.Create(settings, data, context, start);
    }

    /// <summary>The model of backbone and head.</summary>
    internal static Model Joined(TrainSettings settings, TrainingData data, Network network) => Make(settings, data, network, Start(settings));

    /// <summary>The model that the run starts from; its limits were checked when the line was read, and what is unknown in it was named.</summary>
    private static Model? Start(TrainSettings settings) => settings.From is { } path ? StartingModel.Load(path, trusted: true, progress: null, settings.FromSource) : null;

    private static Model Make(TrainSettings settings, TrainingData data, Network network, Model? start)
    {
        var info = new Dictionary<string, string>
        {
            ["dataset"] = settings.Dataset,
            ["epochs"] = settings.Epochs.ToString(CultureInfo.InvariantCulture),
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string? value) in new[]
        {
            ("recipe", settings.Recipe), ("augment", settings.Augment), ("from", settings.From), ("frozen", settings.Freeze), ("cut", settings.Cut), ("unfrozen", settings.Unfreeze), ("vectors", settings.Vectors),
        })
            if (value is not null)
                info[key] = value;
        data.HeldOut?.WriteTo(info);
        return new Model(network, data.Training.ClassNames, start?.Normalization ?? (data.Text is null ? Normalization.Of(data.Training) : null), info,
            background: data.Text is null ? [settings.Ground.Red, settings.Ground.Green, settings.Ground.Blue] : null, text: data.Text);
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
