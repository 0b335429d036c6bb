using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Tensors;
using Fovea.Training;

namespace Fovea.Runs.Datasets;

/// <summary>The parts of a data set in the shape that a network takes.</summary>
/// <param name="Training">What to learn from.</param>
/// <param name="Validation">What to compare epochs by.</param>
/// <param name="Test">What to be judged by.</param>
public sealed record TrainingData(IDataset Training, IDataset? Validation, IDataset? Test)
{
    /// <summary>What was split off, for the model to remember; null for parts that were put together otherwise.</summary>
    public HeldOutSplit? HeldOut { get; private init; }

    /// <summary>What was said of the data while they were read.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>How texts become the network's input, chosen by those to learn from; null for images.</summary>
    public TextPreparation? Text { get; private init; }

    /// <summary>Reads what a run needs, and splits off test and validation samples unless the data set has its own.</summary>
    /// <exception cref="RunException">A share leaves one part empty, or there is nothing to split it off from.</exception>
    public static TrainingData Load(DataSource source, TrainSettings settings, IProgress<RunEvent>? progress = null)
    {
        source.Request.Reshape = images => PresetChoice.InputFor(settings, images);
        IDataset all = source.Require(DataPart.Train);
        bool isText = TextDataset.Find(all) is not null;
        Shape input = settings.Input is { } asked ? new Shape(asked) : PresetChoice.InputFor(settings, all.ImageShape);
        if (isText != PresetChoice.TakesText(settings))
            throw RunException.InvalidRequest(isText ? $"{source.Name} holds texts, which {settings.Model} does not take; textcnn does" : $"{settings.Model} takes texts, and {source.Name} holds images");
        if (!isText && settings.Vectors is not null)
            throw RunException.InvalidRequest($"--vectors are of words, and {source.Name} holds images");
        if (!isText && input != all.ImageShape)
            progress.Say($"images of {Format.Size(all.ImageShape)} are fitted to the network's {Format.Size(input)}");
        IDataset? Fit(IDataset? part) => part is null || isText ? part : DatasetAdapter.Fit(part, input);
        IDataset training = Fit(all)!;
        // Cross-validation makes its parts of the training samples; what is given for the test is left for the model that comes after it.
        bool isCut = settings.Folds is not null;
        IDataset? validation = isCut ? null : Fit(source.Open(DataPart.Validation)), test = isCut ? null : Fit(source.Open(DataPart.Test));
        if (validation is not null && settings.Validation is not null)
            throw RunException.InvalidRequest($"{source.Name} has a validation part of its own, so --validation has nothing to split off");
        if (test is not null && settings.Test is not null)
            throw RunException.InvalidRequest($"{source.Name} has a test part of its own, so --test has nothing to split off");
        double testShare = test is not null || isCut ? 0 : settings.Test ?? HeldOutSplit.DefaultTestShare(training.Count);
        int rest = settings.Folds is { } folds ? training.Count - training.Count / folds : training.Count - Wanted(testShare, training.Count, "--test");
        double share = validation is not null ? 0 : settings.Validation ?? HeldOutSplit.DefaultValidationShare(all.Count, rest);
        if (validation is null && settings.Validation is null && share == 0)
            progress.Note($"{rest} samples are too few to keep some for validation");
        Wanted(share, rest, "--validation");
        var heldOut = new HeldOutSplit(source.Name, all.Count, testShare, share, settings.Seed, settings.Limit, settings.Folds, settings.Fold);
        TrainingData split = Split(heldOut, source, training);
        TrainingData data = split with { Validation = validation ?? split.Validation, Test = test ?? split.Test, HeldOut = heldOut };
        if (isText)
            data = Prepare(data, settings, progress);
        source.Inspect(data);
        return data with { Notes = [.. source.Notes] };
    }

    /// <summary>Chooses the vocabulary by the texts to learn from, unless the run starts from a model that has one.</summary>
    private static TrainingData Prepare(TrainingData data, TrainSettings settings, IProgress<RunEvent>? progress)
    {
        TextPreparation preparation = (settings.From is { } path ? ModelFile.Load(path, ModelLimits.None).Text : null)
            ?? TextPreparation.Of(TextDataset.Texts(data.Training), settings.Vocabulary ?? TrainSettings.DefaultVocabulary, TrainSettings.LeastTextLength, settings.TextLength ?? TrainSettings.DefaultTextLength);
        progress.Say($"a vocabulary of {Format.Count(preparation.Words.Count)} words; of every text {(preparation.Length == 1 ? "one word is" : $"up to {Format.Count(preparation.Length)} words are")} read");
        return data with
        {
            Training = TextDataset.Prepare(data.Training, preparation)!,
            Validation = TextDataset.Prepare(data.Validation, preparation),
            Test = TextDataset.Prepare(data.Test, preparation),
            Text = preparation,
        };
    }

    private static TrainingData Split(HeldOutSplit heldOut, DataSource source, IDataset all)
    {
        try
        {
            (IDataset training, IDataset? validation, IDataset? test) = heldOut.Split(all, source);
            return new TrainingData(training, validation, test);
        }
        catch (ArgumentException error) when (heldOut.Folds is not null)
        {
            throw RunException.InvalidRequest($"--folds {heldOut.Folds} is too many: {ErrorText.OneLine(error.Message)}", error);
        }
    }

    /// <summary>How many samples a share is; none for a share of 0.</summary>
    private static int Wanted(double share, int count, string option)
    {
        try
        {
            return HeldOutSplit.Count(share, count);
        }
        catch (ArgumentException error)
        {
            throw RunException.InvalidRequest($"{option} {error.Message}", error);
        }
    }
}
