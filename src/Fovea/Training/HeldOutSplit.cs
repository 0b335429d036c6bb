using System.Globalization;
using Fovea.Data;

namespace Fovea.Training;

/// <summary>
/// Which samples training holds out of a data set that has no parts of its own. Models carry it, so that they can be
/// evaluated later on the very samples that they did not learn from.
/// </summary>
/// <param name="Dataset">The data set's name; a folder's full path.</param>
/// <param name="Samples">Samples there were before anything was split off.</param>
/// <param name="Test">The share of them that is held out for the test; 0 for none.</param>
/// <param name="Validation">The share of the others that is held out for validation; 0 for none.</param>
/// <param name="Seed">Names the draw of the validation part.</param>
/// <param name="Limit">The most samples that are used, if not all are.</param>
/// <param name="Folds">Into how many parts they are cut for cross-validation, if they are.</param>
/// <param name="Fold">Which of these is held out for the test, from 1.</param>
public sealed record HeldOutSplit(string Dataset, int Samples, double Test, double Validation, ulong Seed, int? Limit = null, int? Folds = null, int? Fold = null)
{
    // The test part is the same for every seed, so that runs can be compared.
    private const ulong TestSeed = 0;
    private const int LargeSet = 10_000, MinForTest = 50;
    private const double ShareOfSmallSets = 0.1, ShareOfLargeSets = 0.05, ShareForTest = 0.1;
    private const string DatasetKey = "dataset", SamplesKey = "samples", TestKey = "test share", ValidationKey = "validation share", SeedKey = "seed", LimitKey = "limit", FoldsKey = "folds", FoldKey = "fold";

    /// <summary>The share that is held out for the test unless another is asked for; none of very small sets.</summary>
    public static double DefaultTestShare(int samples) => samples < MinForTest ? 0 : ShareForTest;

    /// <summary>The share that is held out for validation unless another is asked for.</summary>
    /// <param name="samples">Samples there are.</param>
    /// <param name="left">How many of them the test leaves.</param>
    /// <returns>0 if that would not be a single sample.</returns>
    public static double DefaultValidationShare(int samples, int left)
    {
        double share = samples > LargeSet ? ShareOfLargeSets : ShareOfSmallSets;
        return Math.Round(share * left) is 0 ? 0 : share;
    }

    /// <summary>How many samples a share is; none for a share of 0.</summary>
    /// <exception cref="ArgumentException">One part would be empty.</exception>
    public static int Count(double share, int samples)
    {
        int count = (int)Math.Round(share * samples);
        return share == 0 || (count > 0 && count < samples) ? count
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{share:0.#######} of {samples} samples leaves one part empty; right would be more samples or 0"));
    }

    /// <summary>What is left to learn from, and what is held out; the data set's own parts are for whoever asks for these.</summary>
    /// <param name="all">All samples.</param>
    /// <param name="splitter">How they are divided.</param>
    public (IDataset Training, IDataset? Validation, IDataset? Test) Split(IDataset all, IDatasetSplitter splitter)
    {
        (IDataset training, IDataset? validation, IDataset? test) = (all, null, null);
        if (Folds is { } folds && Fold is { } fold)
            test = HoldOut(splitter.Folds(training, folds, Seed)[fold - 1], $"fold-{fold}");
        else if (Test > 0)
            test = HoldOut(splitter.Split(training, Test, TestSeed), "test");
        if (Validation > 0)
            validation = HoldOut(splitter.Split(training, Validation, Seed), "validation");
        return (training, validation, test);

        // What is left is still called as the whole.
        Subset HoldOut((Subset Left, Subset Held) parts, string name)
        {
            training = new Subset(parts.Left.Source, [.. parts.Left.Indices], all.Name);
            return new Subset(parts.Held.Source, [.. parts.Held.Indices], $"{all.Name}/{name}");
        }
    }

    /// <summary>Writes it into what a model says of itself.</summary>
    public void WriteTo(IDictionary<string, string> info)
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
    public static HeldOutSplit? Of(IReadOnlyDictionary<string, string> info)
    {
        return info.TryGetValue(DatasetKey, out string? dataset)
            && Whole(SamplesKey) is { } samples && Share(TestKey) is { } test && Share(ValidationKey) is { } validation
            && ulong.TryParse(Text(SeedKey), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            && (Whole(FoldsKey), Whole(FoldKey)) is var (folds, fold) && (folds is null) == (fold is null) && (folds is null or > 1) && !(fold > folds)
            ? new HeldOutSplit(dataset, samples, test, validation, seed, Whole(LimitKey), folds, fold)
            : null;

        string? Text(string key) => info.GetValueOrDefault(key);
        int? Whole(string key) => int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;
        double? Share(string key) => double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1 ? share : null;
    }
}
