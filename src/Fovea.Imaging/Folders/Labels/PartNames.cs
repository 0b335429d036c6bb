using Fovea.Data;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>What a folder is by its name.</summary>
internal enum PartKind
{
    Train,
    Validation,
    Test,
}

/// <summary>
/// Finds the parts of a data set by the names of folders and files: <c>train</c>, <c>training_set</c>, <c>TrainImages</c>, and
/// where several share the rest of their names, also <c>seg_train</c> and <c>seg_test</c>.
/// </summary>
internal static class PartNames
{
    // In the order in which one is taken where there are several of a kind.
    private static readonly (string Word, PartKind Kind)[] Words =
    [
        ("train", PartKind.Train), ("training", PartKind.Train), ("trn", PartKind.Train),
        ("val", PartKind.Validation), ("valid", PartKind.Validation), ("validation", PartKind.Validation), ("dev", PartKind.Validation),
        ("test", PartKind.Test), ("testing", PartKind.Test), ("tst", PartKind.Test), ("eval", PartKind.Test), ("evaluation", PartKind.Test),
    ];

    /// <summary>What a name says: the word, and what is left of the name beside that and fillers; null if it is no part's name.</summary>
    public static (int Word, string Others)? Read(string name)
    {
        var others = new List<string>();
        int word = -1;
        foreach (string token in FolderWords.Of(name))
        {
            int found = Array.FindIndex(Words, entry => IsWord(token, entry.Word));
            if (found >= 0 && word >= 0)
                return null;
            if (found >= 0)
                word = found;
            else if (!FolderWords.IsFiller(token))
                others.Add(token);
        }
        return word < 0 ? null : (word, string.Join(' ', others));
    }

    /// <summary>The part that a name stands for if nothing else is in it; null else.</summary>
    public static PartKind? Of(string name) => Read(name) is (var word, "") ? Words[word].Kind : null;

    /// <summary>Whether a name says no more than that images are in there: <c>images</c>, <c>train_images</c>.</summary>
    public static bool IsPlain(string name) => Of(name) is not null || FolderWords.SaysNothing(name);

    /// <summary>The folders that are parts; none if there is no training part.</summary>
    /// <exception cref="DataFormatException">Several folders are training parts.</exception>
    public static Dictionary<PartKind, TreeFolder> Find(TreeFolder parent)
    {
        // A class, too, may be called "train": a part has folders itself.
        var named = parent.Folders.Where(folder => folder.Filled.Any())
            .Select(folder => (Folder: folder, Name: Read(folder.Name))).Where(entry => entry.Name is not null)
            .Select(entry => (entry.Folder, entry.Name!.Value.Word, entry.Name.Value.Others)).OrderBy(entry => entry.Word).ToArray();
        foreach (var group in named.GroupBy(entry => entry.Others).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            (TreeFolder Folder, int Word, string Others)[] train = [.. group.Where(entry => KindOf(entry.Word) == PartKind.Train)];
            bool hasOthers = group.Count() > train.Length;
            // "steam_train" alone is a class; "seg_train" beside "seg_test" is not.
            if (train.Length == 0 || (group.Key.Length > 0 && !hasOthers) || (!hasOthers && IsClass(train[0].Folder, parent)))
                continue;
            if (train.Length > 1)
                throw new DataFormatException($"{train[0].Folder.Path} and {train[1].Folder.Path} are both training parts by their names; right would be one of them");
            var parts = new Dictionary<PartKind, TreeFolder> { [PartKind.Train] = train[0].Folder };
            foreach ((TreeFolder folder, int word, _) in group)
                if (!parts.TryAdd(KindOf(word), folder) && Words[word].Word.StartsWith("eval", StringComparison.Ordinal))
                    // With a test part beside it, what one evaluates by is for validation.
                    parts.TryAdd(PartKind.Validation, folder);
            return parts;
        }
        return [];
    }

    /// <summary>A folder with images of its own, or beside several folders that hold just images, is one class of them.</summary>
    private static bool IsClass(TreeFolder folder, TreeFolder parent) =>
        folder.Files.Count > 0 || parent.Folders.Count(other => other != folder && other.Files.Count > 0) > 1;

    private static PartKind KindOf(int word) => Words[word].Kind;

    /// <summary>The word itself, or with a filler grown on: <c>trainset</c>, <c>imgtest</c>.</summary>
    private static bool IsWord(string token, string word) =>
        token == word
        || (token.StartsWith(word, StringComparison.Ordinal) && FolderWords.IsFiller(token[word.Length..]))
        || (token.EndsWith(word, StringComparison.Ordinal) && FolderWords.IsFiller(token[..^word.Length]));
}
