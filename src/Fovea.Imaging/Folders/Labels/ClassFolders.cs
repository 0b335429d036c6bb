using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>One folder a class, with anything below it, or parts with such folders in them.</summary>
internal static class ClassFolders
{
    private const string OutsideClasses = "directly in the folder, so of no class";

    /// <summary>The images by the folders that they are in.</summary>
    /// <param name="top">The folder of classes or parts.</param>
    /// <param name="source">All there is.</param>
    /// <param name="classNames">The classes that there must be; any if null.</param>
    /// <param name="account">Is told of images that are in no class, and of folders without images.</param>
    /// <exception cref="DataFormatException">There are no classes, or only one.</exception>
    public static LabelledFiles Read(TreeFolder top, SourceTree source, IReadOnlyList<string>? classNames, FileAccount account)
    {
        Dictionary<PartKind, TreeFolder> parts = PartNames.Find(top);
        if (parts.Count == 0 && PathToClasses(top, classNames) is { } path)
        {
            path[..^1].ForEach(Leave);
            top = path[^1];
            parts = PartNames.Find(top);
        }
        TreeFolder[] filled = [.. top.Filled];
        if (parts.Count == 0 && filled.Length > 0 && filled.All(folder => PartNames.Of(folder.Name) is not null && folder.Filled.Any()))
            throw new DataFormatException($"{source.Name(top)} has {string.Join(" and ", filled.Select(folder => folder.Name))} but no train folder; right would be one named train, training or train_set beside {(filled.Length > 1 ? "them" : "it")}");
        var files = new List<LabelledFile>();
        var folders = new Dictionary<PartKind, TreeFolder>();
        if (parts.Count == 0)
        {
            ReadPart(PartKind.Train, top);
            if (Doubt([.. top.Filled]) is { } note)
                account.Notes.Add(note);
        }
        else
        {
            foreach ((PartKind kind, TreeFolder part) in parts.OrderBy(part => part.Key))
                ReadPart(kind, Unwrap(part, classNames));
            Leave(top);
            foreach (TreeFolder other in filled.Except(parts.Values))
                account.LeaveFolder(other.Path, WhyNoPart(other), other.All.Count());
        }
        return new LabelledFiles(files, folders, Describe(folders, parts.Count > 0)) { Empty = [.. folders[PartKind.Train].Folders.Where(folder => !folder.HasFiles)] };

        void ReadPart(PartKind kind, TreeFolder folder)
        {
            RequireClasses(folder, source, kind == PartKind.Train && classNames is null);
            folders[kind] = folder;
            Leave(folder);
            foreach (TreeFolder classFolder in folder.Folders)
                if (classFolder.HasFiles)
                    files.AddRange(classFolder.All.Select(file => new LabelledFile(kind, file, ComposedText.Of(classFolder.Name), () => source.Name(classFolder))));
                else
                    account.SkipFolder(classFolder, "no images in it, so no class");
        }

        void Leave(TreeFolder folder)
        {
            foreach (TreeFile file in folder.Files)
                account.Leave(file.Path, OutsideClasses);
        }
    }

    /// <summary>Why folders may be no classes: their names say nothing, or all have the same folders in them, as parts by unknown names.</summary>
    private static string? Doubt(TreeFolder[] classes)
    {
        if (classes.Length > 1 && classes.All(folder => PartNames.IsPlain(folder.Name) || FolderWords.IsAnnotations(folder.Name)))
            return $"the classes are {Listed(classes)}, by names that usually say nothing of what images show; if they are no classes, right would be one folder per class in each, or a table labels.csv (file,label) in each";
        string[][] inside = [.. classes.Select(folder => folder.Filled.Select(below => below.Name).ToArray())];
        return classes.Length > 1 && inside[0].Length > 1 && inside.All(inside[0].SequenceEqual)
            ? $"the classes {Listed(classes)} have the same folders in them ({Listed([.. classes[0].Filled])}); if they are parts of the data, right would be the names train and test"
            : null;
    }

    /// <summary>The folder that the classes or parts are in: further down where a folder holds nothing but one other.</summary>
    public static TreeFolder Unwrap(TreeFolder folder, IReadOnlyList<string>? classNames)
    {
        while (folder.Files.Count == 0 && folder.Filled.ToArray() is [{ Files.Count: 0 } only] && only.Filled.Any() && !IsClass(only, classNames))
            folder = only;
        return folder;
    }

    /// <summary>
    /// The folders down to one that holds several others, where each holds one folder and images, which are of no class:
    /// one class is no data set.
    /// </summary>
    private static List<TreeFolder>? PathToClasses(TreeFolder folder, IReadOnlyList<string>? classNames)
    {
        List<TreeFolder> path = [folder];
        while (path[^1].Filled.ToArray() is [var only] && !IsClass(only, classNames))
            path.Add(only);
        return path.Count > 1 && path[^1].Files.Count == 0 && path[^1].Filled.Any() ? path : null;
    }

    private static bool IsClass(TreeFolder folder, IReadOnlyList<string>? classNames) => classNames?.Contains(ComposedText.Of(folder.Name)) == true;

    private static void RequireClasses(TreeFolder folder, SourceTree source, bool severalNeeded)
    {
        const string Right = "right would be one sub-folder per class, train/ and test/ above those, a table labels.csv (file,label) beside the images, or --class-pattern where their names say what they show";
        TreeFolder[] filled = [.. folder.Filled], empty = [.. folder.Folders.Except(filled)];
        string besides = empty.Length == 0 ? "" : $" ({Listed(empty)} {(empty.Length == 1 ? "has" : "have")} no images)";
        if (filled.Length == 0)
            throw new DataFormatException(folder.Files.Count == 0
                ? $"{source.Name(folder)} has no images{(folder.AllOthers.FirstOrDefault(file => TreeSieve.IsArchive(file.Name)) is { } archive ? $", but the archive {archive.Path}, which must be unpacked or named itself" : "")}; {Right}"
                : $"{source.Name(folder)} has no class folders, only {Images(folder)} directly in it{besides}; {Right}{Hint(folder)}");
        if (severalNeeded && filled is [var only])
            throw new DataFormatException($"{source.Name(folder)} has only one class, {only.Name}{besides}; a classifier needs at least two{Inside(only, source)}; {Right}{Hint(only)}");
    }

    /// <summary>What may be meant where a folder that would be a class has folders.</summary>
    private static string Inside(TreeFolder only, SourceTree source)
    {
        TreeFolder[] filled = [.. only.Filled];
        if (filled.Length < 2)
            return "";
        string found = $" ({only.Name} has {filled.Length} folders, {Listed(filled)}, beside {Images(only)} of its own; if these are the classes, ";
        return found + (source.IsArchive ? $"unpack the archive and name {only.Name})" : $"name {Path.Combine(source.Location, only.Path)} as the data set)");
    }

    /// <summary>Names such as <c>cat.0.png</c> and <c>dog.0.png</c> are likely to say the class.</summary>
    private static string Hint(TreeFolder folder)
    {
        foreach (string pattern in (string[])["{class}.*", "{class}_*", "{class}-*"])
            if (folder.Files.Count > 1 && new NamePattern(pattern) is var names
                && folder.Files.Select(file => names.ClassOf(file.Name)).ToArray() is var classes && !classes.Contains(null)
                && classes.Distinct().Count() is > 1 and var count && count <= folder.Files.Count / 2)
                return $", such as --class-pattern '{pattern}' here";
        return "";
    }

    private static string Images(TreeFolder folder) => folder.Files.Count == 1 ? "1 image" : $"{folder.Files.Count} images";

    private static string Listed(TreeFolder[] folders)
    {
        const int Most = 5;
        return string.Join(", ", folders.Take(Most).Select(folder => folder.Name)) + (folders.Length > Most ? ", …" : "");
    }

    private static string WhyNoPart(TreeFolder folder) =>
        PartNames.Of(folder.Name) is not { } kind ? "beside the parts, and not named as one"
        : folder.Filled.Any() ? $"a second {kind.ToString().ToLowerInvariant()} part"
        : "has no class folders, so nothing says what its images show";

    private static string Describe(Dictionary<PartKind, TreeFolder> folders, bool hasParts)
    {
        if (!hasParts)
            return $"{(folders[PartKind.Train].Path is { Length: > 0 } path ? $"in {path}: " : "")}one folder per class";
        string[] uses = [.. folders.OrderBy(part => part.Key).Select(part => $"{part.Value.Path} for {(part.Key switch { PartKind.Train => "training", PartKind.Validation => "validation", _ => "the test" })}")];
        return $"{string.Join(", ", uses)}, one folder per class in {(uses.Length == 1 ? "it" : "each")}";
    }
}
