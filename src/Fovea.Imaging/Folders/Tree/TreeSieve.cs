namespace Fovea.Imaging.Folders.Tree;

/// <summary>Takes out of a tree what is no image, and accounts for it.</summary>
internal static class TreeSieve
{
    // Also formats that cannot be read: their files are images, and are reported rather than passed over.
    private static readonly HashSet<string> ImageExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".apng", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp",
        ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl",
    };

    // Not worth opening: texts that begin with "BM" are no bitmaps.
    private static readonly HashSet<string> OtherExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt", ".md", ".rst", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".html", ".htm", ".log", ".py", ".ipynb", ".pdf", ".zip", ".gz",
        ".tar", ".npy", ".npz", ".mat", ".h5", ".hdf5", ".safetensors", ".pt", ".pth", ".pkl", ".onnx", ".db", ".ini", ".part", ".tmp", ".names", ".xlsx", ".xls", ".ods", ".7z", ".rar", ".tgz",
    };

    private static readonly HashSet<string> TableExtensions = new(StringComparer.OrdinalIgnoreCase) { ".csv", ".tsv" };

    private const string NoImage = "no image", UnreadTable = "a table that is not read";

    /// <summary>Leaves folders and images, and tables apart.</summary>
    public static void Sift(TreeFolder folder, FileAccount account)
    {
        folder.Folders.RemoveAll(below => IsLeft(below, account));
        TreeFile[] files = [.. folder.Files];
        folder.Files.Clear();
        foreach (TreeFile file in files)
            if (Leavings.Of(file.Name) is { } reason)
                account.Skip(file.Path, reason);
            else if (TableExtensions.Contains(Path.GetExtension(file.Name)))
                folder.Tables.Add(file);
            else if (IsImage(file))
                folder.Files.Add(file);
            else
            {
                folder.Others.Add(file);
                account.Skip(file.Path, NoImage);
            }
        LeaveAnnotations(folder, account);
    }

    /// <summary>Masks and the like beside a folder of images are about these, and no images of their own.</summary>
    private static void LeaveAnnotations(TreeFolder folder, FileAccount account)
    {
        if (!folder.Filled.Any(below => FolderWords.IsImages(below.Name)))
            return;
        foreach (TreeFolder below in folder.Filled.Where(below => FolderWords.IsAnnotations(below.Name)).ToArray())
        {
            account.SkipFolder(below, "annotations beside images, by its name");
            folder.Tables.AddRange(below.AllTables);
            folder.Others.AddRange(below.AllOthers);
            folder.Folders.Remove(below);
        }
    }

    /// <summary>Whether a file of this path may be an image or a table, so that its bytes are worth keeping.</summary>
    public static bool MayMatter(string path) =>
        !OtherExtensions.Contains(Path.GetExtension(path)) && path.Split(Path.DirectorySeparatorChar).All(name => Leavings.Of(name) is null);

    /// <summary>Accounts for the tables, some of which were used.</summary>
    public static void SkipTables(TreeFolder folder, IReadOnlyList<TreeFile> used, FileAccount account)
    {
        foreach (TreeFile table in folder.AllTables)
            account.Skip(table.Path, used.Contains(table) ? PassedOverFiles.ReadForLabels : UnreadTable);
    }

    /// <summary>Whether a folder is none of the data set's; all in it is accounted for.</summary>
    private static bool IsLeft(TreeFolder folder, FileAccount account)
    {
        string? reason = Leavings.Of(folder.Name) ?? (Leavings.IsRun(folder.Files.Select(file => file.Name)) ? "a run of Fovea's" : null);
        if (reason is not null)
        {
            account.SkipFolder(folder, reason);
            return true;
        }
        // A folder of nothing but runs is not an empty class.
        bool hadFiles = folder.Files.Count > 0;
        int folders = folder.Folders.Count;
        Sift(folder, account);
        return !hadFiles && folders > 0 && folder.Folders.Count == 0;
    }

    /// <summary>Whether a file is an archive by its name.</summary>
    public static bool IsArchive(string path) => Path.GetExtension(path).ToLowerInvariant() is ".zip" or ".tar" or ".gz" or ".tgz" or ".7z" or ".rar";

    /// <summary>Whether a file is an image by its name.</summary>
    public static bool HasImageExtension(string path) => ImageExtensions.Contains(Path.GetExtension(path));

    private static bool IsImage(TreeFile file)
    {
        if (HasImageExtension(file.Name))
            return true;
        if (OtherExtensions.Contains(Path.GetExtension(file.Name)))
            return false;
        try
        {
            return file.BeginsAsImage();
        }
        catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
