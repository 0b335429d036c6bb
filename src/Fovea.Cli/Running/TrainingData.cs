using Fovea.Cli.Datasets;
using Fovea.Cli.Rendering;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Cli.Running;

/// <summary>The parts of a data set in the shape that a network takes.</summary>
internal sealed record TrainingData(IDataset Training, IDataset? Validation, IDataset? Test)
{
    private const int LargeSet = 10_000;
    private const int LeastForTest = 50;
    private const double ShareOfSmallSets = 0.1, ShareOfLargeSets = 0.05, ShareForTest = 0.1;

    // The test part is the same for every seed, so that runs can be compared.
    private const ulong TestSeed = 0;

    /// <summary>Reads what a run needs, and splits off test and validation samples unless the data set has its own.</summary>
    /// <exception cref="CommandException">A share leaves one part empty, or there is nothing to split it off from.</exception>
    public static TrainingData Load(DataSource source, TrainSettings settings, Terminal terminal)
    {
        source.Request.Reshape = images => ModelChoice.InputFor(settings.Model, images);
        IDataset all = source.Require(DataPart.Train);
        Shape input = settings.Input is { } asked ? new Shape(asked) : ModelChoice.InputFor(settings.Model, all.ImageShape);
        if (input != all.ImageShape)
            terminal.Say($"images of {Format.Size(all.ImageShape)} are fitted to the network's {Format.Size(input)}");
        IDataset? Fit(IDataset? part) => part is null ? null : DatasetAdapter.Fit(part, input);
        IDataset training = Fit(all)!;
        IDataset? validation = Fit(source.Open(DataPart.Validation)), test = Fit(source.Open(DataPart.Test));
        if (validation is not null && settings.Validation is not null)
            throw CommandException.Usage($"{source.Name} has a validation part of its own, so --validation has nothing to split off");
        if (test is not null && settings.Test is not null)
            throw CommandException.Usage($"{source.Name} has a test part of its own, so --test has nothing to split off");
        if (test is null && (settings.Test ?? (training.Count < LeastForTest ? 0 : ShareForTest)) is > 0 and var testShare)
        {
            (Subset rest, Subset held) = Split(source, training, testShare, "--test", TestSeed);
            (training, test) = (new Subset(rest.Source, [.. rest.Indices], all.Name), new Subset(held.Source, [.. held.Indices], all.Name + "/test"));
        }
        double share = settings.Validation ?? (all.Count > LargeSet ? ShareOfLargeSets : ShareOfSmallSets);
        if (validation is null && share > 0)
        {
            if (settings.Validation is null && Math.Round(share * training.Count) is 0)
                terminal.Say($"note: {training.Count} samples are too few to keep some for validation");
            else
                (training, validation) = Split(source, training, share, "--validation", settings.Seed);
        }
        var data = new TrainingData(training, validation, test);
        source.Inspect(data);
        return data;
    }

    private static (Subset Training, Subset Held) Split(DataSource source, IDataset all, double share, string option, ulong seed)
    {
        int wanted = (int)Math.Round(share * all.Count);
        if (wanted > 0 && wanted < all.Count)
            return source.Split(all, share, seed);
        throw CommandException.Usage($"{option} {Format.Rate(share)} of {all.Count} samples leaves one part empty; right would be more samples or 0");
    }
}
