using System.Globalization;

namespace Fovea.Serialization.PyTorch;

/// <summary>
/// Finds the state_dict in what was saved, by its structure: a mapping of names to tensors, at the top or under any keys
/// (<c>state_dict</c>, <c>model</c>, <c>ema</c>, …).
/// </summary>
internal static class StateDictSearch
{
    private const int MaxDepth = 5;
    private const int MaxListed = 8;

    /// <summary>Longer keys are nobody's, and paths of them would take more memory than the file.</summary>
    private const int LongestKey = 200;

    private sealed record Candidate(string Key, IReadOnlyDictionary<string, object?> Entries)
    {
        public int Tensors { get; } = Entries.Count(entry => TorchTensors.IsTensor(entry.Value));
    }

    /// <summary>The entries of the state_dict, and the keys it lies under; null at the top.</summary>
    /// <param name="root">The saved object.</param>
    /// <param name="key">Which one is wanted; null if there is one only.</param>
    /// <exception cref="ModelFormatException">There is none, not the one that is wanted, or a choice.</exception>
    public static (string? Key, IReadOnlyDictionary<string, object?> Entries) Find(object? root, string? key)
    {
        var all = new List<Candidate>();
        Collect(Entries(root), "", MaxDepth, all, new HashSet<object>(ReferenceEqualityComparer.Instance));
        // Beside a state_dict a checkpoint may hold a tensor, such as an accuracy; that alone makes it none.
        List<Candidate> candidates = [.. all.Where(candidate => 2 * candidate.Tensors > candidate.Entries.Count)];
        candidates = candidates.Count > 0 ? candidates : all;
        if (candidates.Count == 0)
            throw new ModelFormatException("the file holds no tensors; right would be torch.save(model.state_dict(), FILE)");
        string known = string.Join(", ", candidates.Take(MaxListed).Select(candidate => $"{Printable.Quote(candidate.Key)} ({candidate.Tensors} tensors)")) + (candidates.Count > MaxListed ? $" and {candidates.Count - MaxListed} more" : "");
        Candidate found = key is not null
            ? candidates.FirstOrDefault(candidate => candidate.Key == key) ?? throw new ModelFormatException($"the file has no state_dict {Printable.Quote(key)}; it has {known}")
            : candidates is [var one] ? one
            : throw new ModelFormatException($"the file holds {candidates.Count} state_dicts: {known}; name the one that is wanted, as --state-dict does");
        return (found.Key.Length == 0 ? null : found.Key, found.Entries);
    }

    private static void Collect(IReadOnlyDictionary<string, object?> entries, string path, int depth, List<Candidate> candidates, HashSet<object> visited)
    {
        if (!visited.Add(entries))
            return;
        var candidate = new Candidate(path, entries);
        if (candidate.Tensors > 0)
            candidates.Add(candidate);
        foreach ((string key, object? value) in entries)
            if (depth > 0 && key.Length <= LongestKey && value is PickleDict dict)
                Collect(dict.Entries, path.Length == 0 ? key : $"{path}.{key}", depth - 1, candidates, visited);
    }

    /// <summary>What is saved at the top; tensors without names, one or in a sequence, are named by their places.</summary>
    private static IReadOnlyDictionary<string, object?> Entries(object? root) => root switch
    {
        PickleDict dict => dict.Entries,
        PickleList list => ByPlace(list.Items),
        PickleTuple tuple => ByPlace(tuple.Items),
        _ => ByPlace([root]),
    };

    private static Dictionary<string, object?> ByPlace(IReadOnlyList<object?> values)
    {
        var entries = new Dictionary<string, object?>();
        foreach ((int i, object? value) in values.Index())
            entries.Add(i.ToString(CultureInfo.InvariantCulture), value);
        return entries;
    }
}
