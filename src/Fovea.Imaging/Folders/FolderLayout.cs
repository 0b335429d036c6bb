using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Labels;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders;

/// <summary>A part of a data set, as messages call it, and the class and file of each of its images.</summary>
internal sealed record FolderPart(string Name, List<(TreeFile File, int Label)> Images);

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
            FolderLayout layout = Find(source, classNames, pattern, account);
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

    private static FolderLayout Find(SourceTree source, IReadOnlyList<string>? classNames, NamePattern? pattern, FileAccount account)
    {
        TreeSieve.Sift(source.Root, account);
        string[]? wanted = classNames is null ? null : [.. classNames.Select(ComposedText.Of)];
        TreeFolder top = ClassFolders.Unwrap(source.Root, wanted);
        string? badTable = null;
        LabelledFiles? files = pattern?.Read(top, account) ?? (LabelTables.IsFlat(top) ? LabelTables.Read(top, source, account, out badTable) : null);
        try
        {
            files ??= ClassFolders.Read(top, source, wanted, account);
        }
        catch (DataFormatException e) when (badTable is not null)
        {
            throw new DataFormatException(badTable, e);
        }
        if (files.Tables.Count == 0 && (badTable ?? source.Root.AllTables.Where(LabelTables.IsNamedAsOne).Select(table => $"{table.Path} is not read, since {(pattern is null ? "folders" : "files' names")} say what the images show").FirstOrDefault()) is { } unread)
            account.Notes.Add(unread);
        TreeSieve.SkipTables(source.Root, files.Tables, account);
        return Make(files, source, classNames, account);
    }

    private static FolderLayout Make(LabelledFiles files, SourceTree source, IReadOnlyList<string>? classNames, FileAccount account)
    {
        string[] found = [.. files.Files.Where(file => file.Part == PartKind.Train).Select(file => file.ClassName).Distinct().Order(StringComparer.Ordinal)];
        string place = source.Name(source.Root);
        // Names end up in models, tables and pages, where each is one line.
        if (found.FirstOrDefault(name => name.Any(char.IsControl)) is { } strange)
            throw new DataFormatException($"the class '{Printable.Escape(strange)}' in {place} has a line break or another control character in its name; right would be another name");
        if (found.Length == 0)
            throw new DataFormatException($"{place} has no image whose class is known ({files.Understood}{(account.NotUnderstood is [var first, ..] ? $"; {first.Path}: {first.Reason}" : "")})");
        if (classNames is null && found.Length == 1)
            throw new DataFormatException($"{place} has only one class, {found[0]} ({files.Understood}); a classifier needs at least two");
        if (found.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(alike => alike.Count() > 1) is { } alike)
            account.Notes.Add($"the classes {string.Join(" and ", alike)} differ in case only; if they are one, right would be one name");
        classNames ??= found;
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((int label, string className) in classNames.Index())
            labels.TryAdd(ComposedText.Of(className), label);
        var layout = new FolderLayout(classNames, account, files.Understood);
        foreach (IGrouping<PartKind, LabelledFile> part in files.Files.GroupBy(file => file.Part).OrderBy(part => part.Key))
            layout._parts.Add(part.Key, new FolderPart(
                source.Name(files.Parts[part.Key]), [.. part.Select(file => (file.File, labels.TryGetValue(file.ClassName, out int label) ? label : throw Unknown(file, classNames, files.Empty)))]));
        return layout;
    }

    private static DataFormatException Unknown(LabelledFile file, IReadOnlyList<string> classNames, IReadOnlyList<TreeFolder> empty) =>
        new($"{file.Origin()} is of no known class; the classes are {string.Join(", ", classNames)}"
            + (classNames.FirstOrDefault(name => name.Equals(file.ClassName, StringComparison.OrdinalIgnoreCase)) is { } alike ? $" ({alike} differs in case only)"
                : empty.FirstOrDefault(folder => ComposedText.Of(folder.Name) == file.ClassName) is { } missing ? $" ({missing.Path} has no images)" : ""));
}
