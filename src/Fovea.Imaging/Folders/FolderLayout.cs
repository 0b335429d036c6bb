using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Labels;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders;

/// <summary>A part of a data set, and the class and file of each of its images.</summary>
internal sealed record FolderPart(string Path, List<(TreeFile File, int Label)> Pictures);

/// <summary>
/// Finds the images of a data set and what they show, by folders, tables or names. Everything is in ordinal order, so that
/// it is the same on every machine.
/// </summary>
internal sealed class FolderLayout : IDisposable
{
    private readonly Dictionary<PartKind, FolderPart> _parts = [];
    private SourceTree? _source;

    private FolderLayout(IReadOnlyList<string> classNames, FileAccount account, string understood) =>
        (ClassNames, Account, Understood) = (classNames, account, understood);

    public IReadOnlyList<string> ClassNames { get; }

    public FolderPart? Train => _parts.GetValueOrDefault(PartKind.Train);

    public FolderPart? Validation => _parts.GetValueOrDefault(PartKind.Validation);

    public FolderPart? Test => _parts.GetValueOrDefault(PartKind.Test);

    public IEnumerable<FolderPart> Parts => _parts.Values;

    /// <summary>What became of the files that are in no part.</summary>
    public FileAccount Account { get; }

    /// <summary>What was taken for what, in one line.</summary>
    public string Understood { get; }

    /// <exception cref="DirectoryNotFoundException">There is no such folder or archive.</exception>
    /// <exception cref="DataFormatException">It is no data set.</exception>
    /// <exception cref="ArgumentException">The pattern of the names is none.</exception>
    public static FolderLayout Find(string root, IReadOnlyList<string>? classNames, string? classPattern = null)
    {
        NamePattern? pattern = classPattern is null ? null : new NamePattern(classPattern);
        var account = new FileAccount();
        SourceTree source = SourceTree.Open(root, account);
        try
        {
            FolderLayout layout = Find(source.Root, root, classNames, pattern, account);
            layout._source = source;
            return layout;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Closes the archive, if it is one.</summary>
    public void Dispose() => _source?.Dispose();

    private static FolderLayout Find(TreeFolder tree, string root, IReadOnlyList<string>? classNames, NamePattern? pattern, FileAccount account)
    {
        TreeSieve.Sift(tree, account);
        string[]? wanted = classNames is null ? null : [.. classNames.Select(ComposedText.Of)];
        TreeFolder top = ClassFolders.Unwrap(tree, wanted);
        LabelledFiles files = pattern?.Read(top, account)
            ?? (LabelTable.IsFlat(top) ? LabelTable.Read(top, [.. tree.Tables.Concat(top.Tables).Distinct()], account) : null)
            ?? ClassFolders.Read(top, root, wanted, account);
        TreeSieve.SkipTables(tree, files.Tables, account);
        return Make(files, root, classNames, account);
    }

    private static FolderLayout Make(LabelledFiles files, string root, IReadOnlyList<string>? classNames, FileAccount account)
    {
        string[] found = [.. files.Files.Where(file => file.Part == PartKind.Train).Select(file => file.ClassName).Distinct().Order(StringComparer.Ordinal)];
        // Names end up in models, tables and pages, where each is one line.
        if (found.FirstOrDefault(name => name.Any(char.IsControl)) is { } strange)
            throw new DataFormatException($"the class '{string.Concat(strange.Select(c => char.IsControl(c) ? '?' : c))}' in {root} has a line break or another control character in its name (shown as ?); right would be another name");
        if (found.Length == 0)
            throw new DataFormatException($"{root} has no image whose class is known ({files.Understood})");
        if (classNames is null && found.Length == 1)
            throw new DataFormatException($"{root} has only one class, {found[0]} ({files.Understood}); a classifier needs at least two");
        classNames ??= found;
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((int label, string name) in classNames.Index())
            labels.TryAdd(ComposedText.Of(name), label);
        var layout = new FolderLayout(classNames, account, files.Understood);
        foreach (IGrouping<PartKind, LabelledFile> part in files.Files.GroupBy(file => file.Part).OrderBy(part => part.Key))
            layout._parts.Add(part.Key, new FolderPart(
                ClassFolders.Full(root, files.Parts[part.Key]), [.. part.Select(file => (file.File, labels.TryGetValue(file.ClassName, out int label) ? label : throw Unknown(file, classNames)))]));
        return layout;
    }

    private static DataFormatException Unknown(LabelledFile file, IReadOnlyList<string> classNames) =>
        new($"{file.Origin} is of no known class; the classes are {string.Join(", ", classNames)}"
            + (classNames.FirstOrDefault(name => name.Equals(file.ClassName, StringComparison.OrdinalIgnoreCase)) is { } alike ? $" ({alike} differs in case only)" : ""));
}
