using Fovea.Data;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Tensors;

namespace Fovea.Runs.Datasets;

/// <summary>The parts of a data set in the shape that a network takes.</summary>
/// <param name="Training">What to learn from.</param>
/// <param name="Validation">What to compare epochs by.</param>
/// <param name="Test">What to be judged by.</param>
public sealed record TrainingData(IDataset Training, IDataset? Validation, IDataset? Test)
{
    private const int LargeSet = 10_000;
    private const int LeastForTest = 50;
    private const double ShareOfSmallSets = 0.1, ShareOfLargeSets = 0.05, ShareForTest = 0.1;

    /// <summary>What was split off, for the model to remember; null for parts that were put together otherwise.</summary>
    public HeldOutSplit? Kept { get; private init; }

    /// <summary>What was said of the data while they were read.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Reads what a run needs, and splits off test and validation samples unless the data set has its own.</summary>
    /// <exception cref="RunException">A share leaves one part empty, or there is nothing to split it off from.</exception>
    public static TrainingData Load(DataSource source, TrainSettings settings, IProgress<RunEvent>? progress = null)
    {
        source.Request.Reshape = images => PresetChoice.InputFor(settings, images);
        IDataset all = source.Require(DataPart.Train);
        Shape input = settings.Input is { } asked ? new Shape(asked) : PresetChoice.InputFor(settings, all.ImageShape);
        if (input != all.ImageShape)
            progress.Say($"images of {Format.Size(all.ImageShape)} are fitted to the network's {Format.Size(input)}");
        IDataset? Fit(IDataset? part) => part is null ? null : DatasetAdapter.Fit(part, input);
        IDataset training = Fit(all)!;
        // Cross-validation makes its parts of the training samples; what is given for the test is left for the model that comes after it.
        bool isCut = settings.Folds is not null;
        IDataset? validation = isCut ? null : Fit(source.Open(DataPart.Validation)), test = isCut ? null : Fit(source.Open(DataPart.Test));
        if (validation is not null && settings.Validation is not null)
            throw RunException.InvalidRequest($"{source.Name} has a validation part of its own, so --validation has nothing to split off");
        if (test is not null && settings.Test is not null)
            throw RunException.InvalidRequest($"{source.Name} has a test part of its own, so --test has nothing to split off");
        double testShare = test is not null || isCut ? 0 : settings.Test ?? (training.Count < LeastForTest ? 0 : ShareForTest);
        int rest = settings.Folds is { } folds ? training.Count - training.Count / folds : training.Count - Wanted(testShare, training.Count, "--test");
        double share = validation is not null ? 0 : settings.Validation ?? (all.Count > LargeSet ? ShareOfLargeSets : ShareOfSmallSets);
        if (settings.Validation is null && share > 0 && Math.Round(share * rest) is 0)
        {
            progress.Note($"{rest} samples are too few to keep some for validation");
            share = 0;
        }
        Wanted(share, rest, "--validation");
        var kept = new HeldOutSplit(source.Name, all.Count, testShare, share, settings.Seed, settings.Limit, settings.Folds, settings.Fold);
        TrainingData split = Split(kept, source, training);
        TrainingData data = split with { Validation = validation ?? split.Validation, Test = test ?? split.Test, Kept = kept };
        source.Inspect(data);
        return data with { Notes = [.. source.Notes] };
    }

    private static TrainingData Split(HeldOutSplit kept, DataSource source, IDataset all)
    {
        try
        {
            return kept.Split(source, all);
        }
        catch (ArgumentException error) when (kept.Folds is not null)
        {
            throw RunException.InvalidRequest($"--folds {kept.Folds} is too many: {ErrorText.OneLine(error.Message)}", error);
        }
    }

    /// <summary>How many samples a share is; none for a share of 0.</summary>
    private static int Wanted(double share, int count, string option)
    {
        int wanted = (int)Math.Round(share * count);
        return share == 0 || (wanted > 0 && wanted < count)
            ? wanted
            : throw RunException.InvalidRequest($"{option} {Format.Rate(share)} of {count} samples leaves one part empty; right would be more samples or 0");
    }
}
