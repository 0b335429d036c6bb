using Fovea.Cli.Datasets;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Cli.Running;

/// <summary>The parts of a data set in the shape that a network takes.</summary>
internal sealed record TrainingData(IDataset Training, IDataset? Validation, IDataset? Test)
{
    private const int LargeSet = 10_000;
    private const double ShareOfSmallSets = 0.1, ShareOfLargeSets = 0.05;

    /// <summary>Reads what a run needs, and splits off the validation samples unless the data set has its own.</summary>
    /// <exception cref="CommandException">The validation share leaves one part empty.</exception>
    public static TrainingData Load(DataSource source, TrainSettings settings, Terminal terminal)
    {
        IDataset all = source.Require(DataPart.Train);
        Shape input = settings.Input is { } asked ? new Shape(asked) : ModelChoice.InputFor(settings.Model, all.ImageShape);
        if (input != all.ImageShape)
            terminal.Say($"images of {Format.Size(all.ImageShape)} are fitted to the network's {Format.Size(input)}");
        IDataset? Fit(IDataset? part) => part is null ? null : DatasetAdapter.Fit(part, input);
        IDataset training = Fit(all)!;
        IDataset? validation = Fit(source.Open(DataPart.Validation)), test = Fit(source.Open(DataPart.Test));
        if (validation is not null && settings.Validation is not null)
            throw CommandException.Usage($"{source.Name} has a validation part of its own, so --validation has nothing to split off");
        if (validation is null)
            (training, validation) = Split(training, settings, terminal);
        return new TrainingData(training, validation, test);
    }

    private static (IDataset Training, IDataset? Validation) Split(IDataset all, TrainSettings settings, Terminal terminal)
    {
        double share = settings.Validation ?? (all.Count > LargeSet ? ShareOfLargeSets : ShareOfSmallSets);
        if (share == 0)
            return (all, null);
        int wanted = (int)Math.Round(share * all.Count);
        if (wanted > 0 && wanted < all.Count)
            return all.Split(share, settings.Seed);
        if (settings.Validation is not null)
            throw CommandException.Usage($"--validation {Format.Rate(share)} of {all.Count} samples leaves one part empty; right would be more samples or 0");
        terminal.Say($"note: {all.Count} samples are too few to keep some for validation");
        return (all, null);
    }
}
