using System.Globalization;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Parts of data sets.</summary>
public static class DatasetExtensions
{
    private const ulong SplitStream = 0x53504c4954; // "SPLIT"
    private const ulong FoldStream = 0x464f4c44; // "FOLD"

    /// <summary>The first <paramref name="count"/> samples, or all if there are fewer.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public static IDataset Take(this IDataset dataset, int count)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return count >= dataset.Count ? dataset : new Subset(dataset, Enumerable.Range(0, count));
    }

    /// <summary>
    /// Splits off a random part that holds every class in the same proportion. Both parts keep the order of the
    /// data set; the same seed gives the same parts.
    /// </summary>
    /// <param name="dataset">What to split.</param>
    /// <param name="validationFraction">The second part's share of the samples, between 0 and 1.</param>
    /// <param name="seed">Names the draw.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1, or leaves a part empty.</exception>
    public static (Subset Training, Subset Validation) Split(this IDataset dataset, double validationFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (!(validationFraction > 0 && validationFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), string.Create(CultureInfo.InvariantCulture, $"the validation share must lie between 0 and 1, got {validationFraction}"));
        int wanted = (int)Math.Round(validationFraction * dataset.Count);
        if (wanted == 0 || wanted == dataset.Count)
            throw new ArgumentOutOfRangeException(nameof(validationFraction), string.Create(CultureInfo.InvariantCulture, $"a validation share of {validationFraction} of {dataset.Count} samples leaves one part empty"));

        List<int>[] members = Members(dataset);
        int[] quotas = Quotas(members, wanted, dataset.Count);
        var chosen = new bool[dataset.Count];
        for (int label = 0; label < members.Length; label++)
        {
            int[] order = [.. members[label]];
            new Rng(seed, SplitStream, (ulong)label).Shuffle<int>(order);
            foreach (int index in order.AsSpan(0, quotas[label]))
                chosen[index] = true;
        }
        return (new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => !chosen[i]), dataset.Name + "/training"),
            new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => chosen[i]), dataset.Name + "/validation"));
    }

    /// <summary>
    /// Cuts the samples into random parts for cross-validation: every sample is held back in exactly one of them, and the parts
    /// differ by at most one sample, in all and of every class. The same seed gives the same parts; all keep the order of the
    /// data set.
    /// </summary>
    /// <param name="dataset">What to cut.</param>
    /// <param name="folds">How many parts, at least 2.</param>
    /// <param name="seed">Names the draw.</param>
    /// <returns>For each part the samples outside it, to learn from, and its own, to be judged by.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two parts.</exception>
    /// <exception cref="ArgumentException">A class has fewer samples than there are parts.</exception>
    public static IReadOnlyList<(Subset Training, Subset Held)> Folds(this IDataset dataset, int folds, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        List<int>[] members = Members(dataset);
        int rare = Array.FindIndex(members, samples => samples.Count > 0 && samples.Count < folds);
        if (rare >= 0 || dataset.Count < folds)
            throw new ArgumentException(
                $"{folds} folds need {folds} samples of every class; {dataset.Name} has {(rare >= 0 ? $"{members[rare].Count} of '{dataset.ClassNames[rare]}'" : dataset.Count)}", nameof(folds));
        var foldOf = new int[dataset.Count];
        // Dealt out in turns that go on from class to class, so that no fold gets all the odd ones.
        int turn = 0;
        for (int label = 0; label < members.Length; label++)
        {
            int[] order = [.. members[label]];
            new Rng(seed, FoldStream, (ulong)label).Shuffle<int>(order);
            foreach (int index in order)
                foldOf[index] = turn++ % folds;
        }
        return [.. Enumerable.Range(0, folds).Select(fold => (
            new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => foldOf[i] != fold), $"{dataset.Name}/training"),
            new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => foldOf[i] == fold), $"{dataset.Name}/fold-{fold + 1}")))];
    }

    /// <summary>The samples of every class.</summary>
    private static List<int>[] Members(IDataset dataset)
    {
        List<int>[] members = [.. dataset.ClassNames.Select(_ => new List<int>())];
        for (int i = 0; i < dataset.Count; i++)
            members[dataset.Label(i)].Add(i);
        return members;
    }

    /// <summary>Each class's part of <paramref name="wanted"/>, by largest remainders: the sum is exact, no class is off by one or more.</summary>
    private static int[] Quotas(List<int>[] members, int wanted, int total)
    {
        int[] quotas = [.. members.Select(m => (int)((long)m.Count * wanted / total))];
        IEnumerable<int> byRemainder = Enumerable.Range(0, members.Length).OrderByDescending(label => (long)members[label].Count * wanted % total);
        foreach (int label in byRemainder.Take(wanted - quotas.Sum()))
            quotas[label]++;
        return quotas;
    }
}
