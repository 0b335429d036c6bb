using Fovea.Data;

namespace Fovea.Imaging.Folders;

/// <summary>A part of a data set, and the class and file of each of its pictures.</summary>
internal sealed record FolderPart(string Path, List<(string File, int Label)> Pictures);

/// <summary>
/// Finds the pictures of a data set: one folder a class, or <c>train/</c> and <c>test/</c> or <c>val/</c> above these.
/// Reads names only. Everything is in ordinal order, so that it is the same on every machine.
/// </summary>
internal sealed class FolderLayout
{
    private static readonly string[] TrainNames = ["train", "training"];
    private static readonly string[] ValidationNames = ["val", "valid", "validation"];
    private static readonly string[] TestNames = ["test", "testing"];

    // Also formats that cannot be read: their files are pictures, and are reported rather than passed over.
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp",
        ".tif", ".tiff", ".heic", ".avif", ".jxl",
    };

    private readonly string _root;

    private FolderLayout(string root) => _root = root;

    public required IReadOnlyList<string> ClassNames { get; init; }
    public FolderPart? Train { get; private set; }
    public FolderPart? Validation { get; private set; }
    public FolderPart? Test { get; private set; }

    /// <summary>How many files are no pictures by their name.</summary>
    public int Ignored { get; private set; }

    public IEnumerable<FolderPart> Parts => ((FolderPart?[])[Train, Validation, Test]).OfType<FolderPart>();

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">The folder is no data set.</exception>
    public static FolderLayout Find(string root, IReadOnlyList<string>? classNames)
    {
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException(File.Exists(root)
                ? $"{root} is a file; a data set is a folder with one sub-folder per class"
                : $"folder {root} does not exist");
        string[] folders = SubFolders(root);
        string? train = folders.FirstOrDefault(folder => IsPart(folder, TrainNames));
        if (train is null && folders.Length > 0 && folders.All(folder => IsPart(folder, TestNames) || IsPart(folder, ValidationNames)))
            throw new DataFormatException($"folder {root} has {string.Join(" and ", folders.Select(Path.GetFileName))} but no train folder");
        string classRoot = train ?? root;
        string[] found = [.. SubFolders(classRoot).Select(folder => Path.GetFileName(folder)!)];
        if (found.Length == 0)
            throw new DataFormatException($"folder {classRoot} has no class folders; right would be one sub-folder per class, or train/ and test/ above those");
        // Names end up in models, tables and pages, where each is one line.
        if (found.FirstOrDefault(name => name.Any(char.IsControl)) is { } strange)
            throw new DataFormatException($"the class folder '{string.Concat(strange.Select(c => char.IsControl(c) ? '?' : c))}' in {classRoot} has a line break or another control character in its name (shown as ?); right would be another name");
        if (classNames is null && found.Length == 1)
            throw new DataFormatException($"folder {classRoot} has only one class, {found[0]}; a classifier needs at least two");

        var layout = new FolderLayout(root) { ClassNames = classNames ?? found };
        layout.Train = layout.ReadPart(classRoot);
        if (train is not null)
        {
            layout.Validation = folders.FirstOrDefault(folder => IsPart(folder, ValidationNames)) is string validation ? layout.ReadPart(validation) : null;
            layout.Test = folders.FirstOrDefault(folder => IsPart(folder, TestNames)) is string test ? layout.ReadPart(test) : null;
            layout.Ignored += Files(root).Length;
        }
        return layout;
    }

    /// <summary>The file's path below the data set's folder.</summary>
    public string Relative(string file) => Path.GetRelativePath(_root, file);

    private FolderPart ReadPart(string folder)
    {
        var pictures = new List<(string, int)>();
        Ignored += Files(folder).Length;
        string[] classFolders = SubFolders(folder);
        if (classFolders.Length == 0)
            throw new DataFormatException($"folder {folder} has no class folders; right would be one sub-folder for each of {string.Join(", ", ClassNames)}");
        Dictionary<string, int> labels = ClassNames.Index().ToDictionary(item => item.Item, item => item.Index, StringComparer.Ordinal);
        foreach (string classFolder in classFolders)
        {
            string name = Path.GetFileName(classFolder);
            int label = labels.GetValueOrDefault(name, -1);
            if (label < 0)
                throw new DataFormatException($"folder {classFolder} is of no known class; the classes are {string.Join(", ", ClassNames)}");
            string[] files = Files(classFolder);
            int before = pictures.Count;
            foreach (string file in files)
                if (IsPicture(file))
                    pictures.Add((file, label));
            Ignored += files.Length - (pictures.Count - before);
            if (pictures.Count == before)
                throw new DataFormatException($"class folder {classFolder} holds no images{(SubFolders(classFolder).Length > 0 ? ", only folders; pictures must be directly in it" : "")}");
        }
        return new FolderPart(folder, pictures);
    }

    /// <summary>A folder named so is a part only if it has folders itself: a class, too, may be called "train".</summary>
    private static bool IsPart(string folder, string[] names) =>
        names.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase) && SubFolders(folder).Length > 0;

    private static bool IsPicture(string file) =>
        !Path.GetFileName(file).StartsWith('.') && Extensions.Contains(Path.GetExtension(file));

    private static string[] SubFolders(string folder) =>
        [.. Directory.GetDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];

    private static string[] Files(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
}
