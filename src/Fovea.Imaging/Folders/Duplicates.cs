using Fovea.Data;

namespace Fovea.Imaging.Folders;

/// <summary>Two files with the same bytes.</summary>
/// <param name="First">A file's path below the data set's folder.</param>
/// <param name="Second">The other file's path.</param>
/// <param name="SameClass">Whether both are of one class; else one of them is labelled wrongly.</param>
internal sealed record DuplicateFiles(string First, string Second, bool SameClass);

/// <summary>
/// Finds images that are there more than once: between what a model learns from and what it is judged by they make
/// it look better than it is.
/// </summary>
internal static class Duplicates
{
    /// <summary>
    /// The files of a part that an earlier part holds too, and those of one part that are of two classes, each with the first
    /// such file.
    /// </summary>
    /// <param name="parts">Parts of folders, or subsets of these, in the order training, validation, test; null is no part.</param>
    public static IReadOnlyList<DuplicateFiles> Across(params IReadOnlyList<IDataset?> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var found = new List<DuplicateFiles>();
        var seen = new Dictionary<UInt128, (string File, int Label)>();
        foreach (IDataset part in parts.OfType<IDataset>())
        {
            var own = new Dictionary<UInt128, (string File, int Label)>();
            for (int i = 0; i < part.Count; i++)
            {
                if (Find(part, i) is not var (source, index))
                    continue;
                (string File, int Label) file = (source.NameOf(index), source.Label(index));
                UInt128 hash = source.ContentHash(index);
                if (seen.TryGetValue(hash, out (string File, int Label) first) || (own.TryGetValue(hash, out first) && first.Label != file.Label))
                    found.Add(new DuplicateFiles(first.File, file.File, first.Label == file.Label));
                own.TryAdd(hash, file);
            }
            foreach ((UInt128 hash, (string File, int Label) file) in own)
                seen.TryAdd(hash, file);
        }
        return found;
    }

    /// <summary>
    /// Splits off a random part as <see cref="DatasetExtensions.Split"/> does, but keeps files of equal bytes together: the
    /// first of them decides.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1, or leaves a part empty.</exception>
    public static (Subset Training, Subset Validation) SplitTogether(IDataset dataset, double validationFraction, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int[] deciding = Deciding(dataset);
        (Subset training, Subset validation) = Firsts(dataset, deciding).Split(validationFraction, seed);
        return Followed(dataset, deciding, training, validation);
    }

    /// <summary>
    /// Cuts into parts for cross-validation as <see cref="DatasetExtensions.Folds"/> does, but keeps files of equal bytes
    /// together: the first of them decides, the others may make its part larger.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two parts.</exception>
    /// <exception cref="ArgumentException">A class has fewer different files than there are parts.</exception>
    public static IReadOnlyList<(Subset Training, Subset Held)> FoldsTogether(IDataset dataset, int folds, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        int[] deciding = Deciding(dataset);
        return [.. Firsts(dataset, deciding).Folds(folds, seed).Select(parts => Followed(dataset, deciding, parts.Training, parts.Held))];
    }

    /// <summary>For every sample the first one of equal bytes, most often itself.</summary>
    private static int[] Deciding(IDataset dataset)
    {
        var first = new Dictionary<UInt128, int>();
        return [.. Enumerable.Range(0, dataset.Count).Select(i =>
            Find(dataset, i) is not var (source, index) || first.TryAdd(source.ContentHash(index), i) ? i : first[source.ContentHash(index)])];
    }

    private static Subset Firsts(IDataset dataset, int[] deciding) =>
        new(dataset, Enumerable.Range(0, dataset.Count).Where(i => deciding[i] == i));

    /// <summary>Two parts of the first ones, and all that follow them.</summary>
    private static (Subset, Subset) Followed(IDataset dataset, int[] deciding, Subset training, Subset held)
    {
        var firsts = (Subset)held.Source;
        var kept = new HashSet<int>();
        foreach (int i in held.Indices)
            kept.Add(firsts.Indices[i]);
        return (new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => !kept.Contains(deciding[i])), training.Name),
            new Subset(dataset, Enumerable.Range(0, dataset.Count).Where(i => kept.Contains(deciding[i])), held.Name));
    }

    /// <summary>Sees through subsets; null for what does not know its content.</summary>
    private static (IContentHash Source, int Index)? Find(IDataset dataset, int index)
    {
        for (; dataset is Subset subset; dataset = subset.Source)
            index = subset.Indices[index];
        return dataset is IContentHash source ? (source, index) : null;
    }
}
