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
    /// <param name="root">What messages call the data set.</param>
    /// <param name="classNames">The classes that there must be; any if null.</param>
    /// <param name="account">Is told of images that are in no class.</param>
    /// <exception cref="DataFormatException">There are no classes, only one, or one without images.</exception>
    public static LabelledFiles Read(TreeFolder top, string root, IReadOnlyList<string>? classNames, FileAccount account)
    {
        Dictionary<PartKind, TreeFolder> parts = PartNames.Find(top);
        if (parts.Count == 0)
        {
            TreeFolder[] filled = [.. top.Filled];
            if (filled.Length > 0 && filled.All(folder => PartNames.Of(folder.Name) is not null && folder.Filled.Any()))
                throw new DataFormatException($"folder {Full(root, top.Path)} has {string.Join(" and ", filled.Select(folder => folder.Name))} but no train folder; right would be one named train, training or train_set beside {(filled.Length > 1 ? "them" : "it")}");
        }
        var files = new List<LabelledFile>();
        var paths = new Dictionary<PartKind, string>();
        if (parts.Count == 0)
        {
            ReadPart(PartKind.Train, top);
            if (PartsByContent(top) is { } note)
                account.Notes.Add(note);
        }
        else
        {
            foreach ((PartKind kind, TreeFolder part) in parts.OrderBy(part => part.Key))
                ReadPart(kind, Unwrap(part, classNames));
            foreach (TreeFile file in top.Files)
                account.Leave(file.Path, OutsideClasses);
            foreach (TreeFolder other in top.Filled.Except(parts.Values))
                account.LeaveFolder(other.Path, WhyNoPart(other), other.All.Count());
        }
        return new LabelledFiles(files, paths, Describe(paths, parts));

        void ReadPart(PartKind kind, TreeFolder folder)
        {
            RequireClasses(folder, Full(root, folder.Path), kind == PartKind.Train && classNames is null);
            paths[kind] = folder.Path;
            foreach (TreeFile file in folder.Files)
                account.Leave(file.Path, OutsideClasses);
            foreach (TreeFolder classFolder in folder.Folders)
            {
                string name = ComposedText.Of(classFolder.Name), origin = Full(root, classFolder.Path);
                if (!classFolder.HasFiles)
                    throw new DataFormatException($"class folder {origin} holds no images; right would be images in it, or no such folder");
                files.AddRange(classFolder.All.Select(file => new LabelledFile(kind, file, name, $"folder {origin}")));
            }
        }
    }

    /// <summary>Classes that all have the same folders in them are likely to be parts by names that are not known.</summary>
    private static string? PartsByContent(TreeFolder top)
    {
        TreeFolder[] classes = [.. top.Filled];
        string[][] inside = [.. classes.Select(folder => folder.Filled.Select(below => below.Name).ToArray())];
        return classes.Length > 1 && inside[0].Length > 1 && inside.All(inside[0].SequenceEqual)
            ? $"the classes {Listed([.. classes])} have the same folders in them ({Listed([.. classes[0].Filled])}); if they are parts of the data, right would be the names train and test"
            : null;
    }

    /// <summary>The folder that the classes or parts are in: further down where a folder holds nothing but one other.</summary>
    public static TreeFolder Unwrap(TreeFolder folder, IReadOnlyList<string>? classNames)
    {
        while (folder.Files.Count == 0 && folder.Filled.ToArray() is [{ Files.Count: 0 } only] && only.Filled.Any()
            && classNames?.Contains(ComposedText.Of(only.Name)) != true)
            folder = only;
        return folder;
    }

    internal static string Full(string root, string path) => path.Length == 0 ? root : Path.Combine(root, path);

    private static void RequireClasses(TreeFolder folder, string path, bool severalNeeded)
    {
        const string Right = "right would be one sub-folder per class, train/ and test/ above those, a table labels.csv (file,label) beside the images, or --class-pattern where their names say what they show";
        if (folder.Folders.Count == 0)
            throw new DataFormatException(folder.Files.Count == 0
                ? $"folder {path} has no class folders and no images; {Right}"
                : $"folder {path} has no class folders, only {folder.Files.Count} images directly in it; {Right}{Hint(folder)}");
        if (severalNeeded && folder.Folders is [var only])
            throw new DataFormatException($"folder {path} has only one class, {only.Name}; a classifier needs at least two{(only.Folders.Count == 0 ? "" : $" ({only.Name} has the folders {Listed(only.Folders)} beside {only.Files.Count} images of its own)")}; {Right}{Hint(only)}");
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

    private static string Listed(List<TreeFolder> folders)
    {
        const int Most = 5;
        return string.Join(", ", folders.Take(Most).Select(folder => folder.Name)) + (folders.Count > Most ? ", …" : "");
    }

    private static string WhyNoPart(TreeFolder folder) =>
        PartNames.Of(folder.Name) is not { } kind ? "beside the parts, and not named as one"
        : folder.Filled.Any() ? $"a second {kind.ToString().ToLowerInvariant()} part"
        : "has no class folders, so nothing says what its images show";

    private static string Describe(Dictionary<PartKind, string> paths, Dictionary<PartKind, TreeFolder> parts)
    {
        if (parts.Count == 0)
            return $"{(paths[PartKind.Train].Length > 0 ? $"in {paths[PartKind.Train]}: " : "")}one folder per class";
        string[] uses = [.. paths.OrderBy(path => path.Key).Select(path => $"{path.Value} for {(path.Key switch { PartKind.Train => "training", PartKind.Validation => "validation", _ => "the test" })}")];
        return $"{string.Join(", ", uses)}, one folder per class in {(uses.Length == 1 ? "it" : "each")}";
    }
}
