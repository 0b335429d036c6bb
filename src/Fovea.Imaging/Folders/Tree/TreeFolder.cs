namespace Fovea.Imaging.Folders.Tree;

/// <summary>A folder of a data set with all that is below it, on the disk or in an archive.</summary>
/// <param name="path">Where it is, below the data set's root; empty for the root itself.</param>
internal sealed class TreeFolder(string path)
{
    /// <summary>Where it is, below the data set's root.</summary>
    public string Path { get; } = path;

    /// <summary>Its name without the folders above.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(path);

    /// <summary>The folders in it; after <see cref="TreeSieve"/> those that may hold samples.</summary>
    public List<TreeFolder> Folders { get; } = [];

    /// <summary>The files in it; after <see cref="TreeSieve"/> those that are images.</summary>
    public List<TreeFile> Files { get; } = [];

    /// <summary>The files in it that may be tables of labels; filled by <see cref="TreeSieve"/>.</summary>
    public List<TreeFile> Tables { get; } = [];

    /// <summary>The files in it that are neither, but may say what is meant; filled by <see cref="TreeSieve"/>.</summary>
    public List<TreeFile> Others { get; } = [];

    /// <summary>The files in it and below that are neither images nor tables.</summary>
    public IEnumerable<TreeFile> AllOthers => Others.Concat(Folders.SelectMany(folder => folder.AllOthers));

    /// <summary>The tables in it and below.</summary>
    public IEnumerable<TreeFile> AllTables => Tables.Concat(Folders.SelectMany(folder => folder.AllTables));

    /// <summary>The files in it and below.</summary>
    public IEnumerable<TreeFile> All => Files.Concat(Folders.SelectMany(folder => folder.All));

    /// <summary>Whether a file is in it or below.</summary>
    public bool HasFiles => Files.Count > 0 || Folders.Exists(folder => folder.HasFiles);

    /// <summary>The folders in it that hold files or have some below.</summary>
    public IEnumerable<TreeFolder> Filled => Folders.Where(folder => folder.HasFiles);

    /// <summary>Ordinal order all the way down, so that it is the same on every machine.</summary>
    public void Sort()
    {
        Folders.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        Files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (TreeFolder folder in Folders)
            folder.Sort();
    }
}
