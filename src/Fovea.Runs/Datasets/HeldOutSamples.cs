using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Runs.Text;
using Fovea.Training;

namespace Fovea.Runs.Datasets;

/// <summary>Finds the samples again that a model's training held out.</summary>
public static class HeldOutSamples
{
    /// <summary>A part as training had it; null if it held none out, or learnt from other samples than these.</summary>
    /// <param name="split">What training held out.</param>
    /// <param name="part">Which part.</param>
    /// <param name="source">The data set.</param>
    /// <param name="progress">Is told what part it is.</param>
    public static IDataset? Find(this HeldOutSplit split, DataPart part, DataSource source, IProgress<RunEvent>? progress)
    {
        IDataset all = source.Require(DataPart.Train, split.Limit);
        if (!IsOf(split, source, all))
            return null;
        (IDataset training, IDataset? validation, IDataset? test) = split.Split(all, source);
        (IDataset? found, string use) = part switch
        {
            DataPart.Train => (training, "learnt from"),
            DataPart.Validation => (validation, "kept for validation"),
            _ => (test, "kept for the test"),
        };
        if (found is null || found == all)
            return null;
        source.Say(progress, $"{found.Name}: {Format.Count(found.Count)} of {Format.Count(all.Count)} samples, those that training {use}");
        if (all.Count != split.Samples)
            source.Say(progress, $"note: there were {Format.Count(split.Samples)} samples when the model learnt, so it may have learnt from some of these");
        return DataSource.Limited(found, source.Request.Limit);
    }

    /// <summary>Whether samples of this data set were held out, because it has no test part of its own.</summary>
    public static bool IsFor(this HeldOutSplit split, DataSource source) =>
        (split.Test > 0 || split.Folds is not null) && source.Open(DataPart.Test) is null && IsOf(split, source, source.Require(DataPart.Train, split.Limit));

    /// <summary>Whether another training on the same data set held the same samples out for a part.</summary>
    public static bool HoldsOutAs(this HeldOutSplit split, HeldOutSplit other, DataPart part)
    {
        return Draw(split) == Draw(other);

        // The seed names the draws of the folds and of the validation part.
        (double, int?, int?, int?, double?, ulong?) Draw(HeldOutSplit parts) => (
            parts.Test, parts.Limit, parts.Folds, parts.Fold, part == DataPart.Test ? null : parts.Validation,
            part == DataPart.Test && parts.Folds is null ? null : parts.Seed);
    }

    /// <summary>By its name; a folder may have been moved.</summary>
    private static bool IsOf(HeldOutSplit split, DataSource source, IDataset all) =>
        all.Count > 1 && (source.Name == split.Dataset || all.Count == split.Samples && ImageFolder.NameOf(split.Dataset) == source.ShortName);
}
