using System.Globalization;
using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Runs.Text;
using Fovea.Serialization;

namespace Fovea.Runs.Datasets;

/// <summary>
/// Which samples training kept back of a data set that has no parts of its own. Models carry it, so that they can be
/// judged later by the very samples that they did not learn from.
/// </summary>
/// <param name="Dataset">The data set's name; a folder's full path.</param>
/// <param name="Samples">Samples there were before anything was split off.</param>
/// <param name="Test">The share of them that was kept for the test; 0 for none.</param>
/// <param name="Validation">The share of the others that was kept for validation; 0 for none.</param>
/// <param name="Seed">Names the draw of the validation part.</param>
/// <param name="Limit">The most samples that were used, if not all were.</param>
/// <param name="Folds">Into how many parts they were cut for cross-validation, if they were.</param>
/// <param name="Fold">Which of these was kept for the test, from 1.</param>
public sealed record HeldOutSplit(string Dataset, int Samples, double Test, double Validation, ulong Seed, int? Limit, int? Folds = null, int? Fold = null)
{
    // The test part is the same for every seed, so that runs can be compared.
    private const ulong TestSeed = 0;
    private const string DatasetKey = "dataset", SamplesKey = "samples", TestKey = "test share", ValidationKey = "validation share", SeedKey = "seed", LimitKey = "limit", FoldsKey = "folds", FoldKey = "fold";

    /// <summary>What is left for learning, and what was kept back; the data set's own parts are for whoever asks for these.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="all">Its samples.</param>
    public TrainingData Split(DataSource source, IDataset all)
    {
        (IDataset training, IDataset? validation, IDataset? test) = (all, null, null);
        if (Folds is { } folds && Fold is { } fold)
            test = Keep(source.Folds(training, folds, Seed)[fold - 1], $"fold-{fold}");
        else if (Test > 0)
            test = Keep(source.Split(training, Test, TestSeed), "test");
        if (Validation > 0)
            validation = Keep(source.Split(training, Validation, Seed), "validation");
        return new TrainingData(training, validation, test);

        // What is left is still called as the whole.
        Subset Keep((Subset Left, Subset Held) parts, string name)
        {
            training = new Subset(parts.Left.Source, [.. parts.Left.Indices], all.Name);
            return new Subset(parts.Held.Source, [.. parts.Held.Indices], $"{all.Name}/{name}");
        }
    }

    /// <summary>A part as training had it; null if it kept none, or learnt from other samples than these.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="source">The data set.</param>
    /// <param name="progress">Is told what part it is.</param>
    public IDataset? Find(DataPart part, DataSource source, IProgress<RunEvent>? progress)
    {
        IDataset all = source.Require(DataPart.Train, Limit);
        if (!IsOf(source, all))
            return null;
        TrainingData parts = Split(source, all);
        (IDataset? found, string use) = part switch
        {
            DataPart.Train => (parts.Training, "learnt from"),
            DataPart.Validation => (parts.Validation, "kept for validation"),
            _ => (parts.Test, "kept for the test"),
        };
        if (found is null || found == all)
            return null;
        progress.Say($"{found.Name}: {Format.Count(found.Count)} of {Format.Count(all.Count)} samples, those that training {use}");
        if (all.Count != Samples)
            progress.Note($"there were {Format.Count(Samples)} samples when the model learnt, so it may have learnt from some of these");
        return DataSource.Limited(found, source.Request.Limit);
    }

    /// <summary>Whether samples of this data set were kept back, because it has no test part of its own.</summary>
    public bool KeepsOf(DataSource source) =>
        (Test > 0 || Folds is not null) && source.Open(DataPart.Test) is null && IsOf(source, source.Require(DataPart.Train, Limit));

    /// <summary>Whether another training on the same data set kept the same samples for a part.</summary>
    public bool KeepsAs(HeldOutSplit other, DataPart part)
    {
        return Draw(this) == Draw(other);

        // The seed names the draws of the folds and of the validation part.
        (double, int?, int?, int?, double?, ulong?) Draw(HeldOutSplit parts) => (
            parts.Test, parts.Limit, parts.Folds, parts.Fold, part == DataPart.Test ? null : parts.Validation,
            part == DataPart.Test && parts.Folds is null ? null : parts.Seed);
    }

    /// <summary>By its name; a folder may have been moved.</summary>
    private bool IsOf(DataSource source, IDataset all) =>
        all.Count > 1 && (source.Name == Dataset || all.Count == Samples && ImageFolder.NameOf(Dataset) == source.ShortName);

    /// <summary>Writes it into what a model says of itself.</summary>
    public void WriteTo(Dictionary<string, string> info)
    {
        info[DatasetKey] = Dataset;
        info[SamplesKey] = Samples.ToString(CultureInfo.InvariantCulture);
        info[TestKey] = Test.ToString("R", CultureInfo.InvariantCulture);
        info[ValidationKey] = Validation.ToString("R", CultureInfo.InvariantCulture);
        info[SeedKey] = Seed.ToString(CultureInfo.InvariantCulture);
        if (Limit is { } limit)
            info[LimitKey] = limit.ToString(CultureInfo.InvariantCulture);
        if (Folds is { } folds && Fold is { } fold)
            (info[FoldsKey], info[FoldKey]) = (folds.ToString(CultureInfo.InvariantCulture), fold.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What a model says of itself; null if it does not say.</summary>
    public static HeldOutSplit? Of(Model model)
    {
        return model.Info.TryGetValue(DatasetKey, out string? dataset)
            && Whole(SamplesKey) is { } samples && Share(TestKey) is { } test && Share(ValidationKey) is { } validation
            && ulong.TryParse(Text(SeedKey), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            && (Whole(FoldsKey), Whole(FoldKey)) is var (folds, fold) && (folds is null) == (fold is null) && (folds is null or > 1) && !(fold > folds)
            ? new HeldOutSplit(dataset, samples, test, validation, seed, Whole(LimitKey), folds, fold)
            : null;

        string? Text(string key) => model.Info.GetValueOrDefault(key);
        int? Whole(string key) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;
        double? Share(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1 ? share : null;
    }
}
