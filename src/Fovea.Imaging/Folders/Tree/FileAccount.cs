namespace Fovea.Imaging.Folders.Tree;

/// <summary>What becomes of the files of a data set that are not used: every one is in here once.</summary>
internal sealed class FileAccount
{
    private readonly Dictionary<(string Folder, string Reason, bool Understood), (string First, int Files)> _entries = [];

    /// <summary>What else there is to say, each in one line.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Files that are no samples, and it is known why.</summary>
    public IReadOnlyList<PassedOverFiles> Skipped => Entries(understood: true);

    /// <summary>Images whose place in the layout says nothing.</summary>
    public IReadOnlyList<PassedOverFiles> NotUnderstood => Entries(understood: false);

    /// <summary>A file, or something else with a name of its own, that is no sample.</summary>
    public void Skip(string path, string reason) => Add(Path.GetDirectoryName(path) ?? "", path, reason, true, 1);

    /// <summary>A folder that holds no samples, with all its files.</summary>
    public void SkipFolder(TreeFolder folder, string reason) => Add(folder.Path, folder.Path + Path.DirectorySeparatorChar, reason, true, folder.All.Count());

    /// <summary>An image that cannot be used, since nothing says what it shows.</summary>
    public void Leave(string path, string reason) => Add(Path.GetDirectoryName(path) ?? "", path, reason, false, 1);

    /// <summary>A folder whose images cannot be used.</summary>
    public void LeaveFolder(string path, string reason, int files) => Add(path, path + Path.DirectorySeparatorChar, reason, false, files);

    /// <summary>Rows of a table whose files are not there.</summary>
    public void Missing(string table, string first, int rows) =>
        Notes.Add($"{table} lists {rows} {(rows == 1 ? "file that is" : "files that are")} not there, such as {Printable.Escape(first)}");

    private void Add(string folder, string path, string reason, bool understood, int files)
    {
        (string first, int before) = _entries.GetValueOrDefault((folder, reason, understood), (path, 0));
        _entries[(folder, reason, understood)] = (first, before + files);
    }

    private PassedOverFiles[] Entries(bool understood) =>
        [.. _entries.Where(entry => entry.Key.Understood == understood)
            .Select(entry => new PassedOverFiles(entry.Value.First, entry.Key.Reason, entry.Value.Files))
            .OrderBy(entry => entry.Path, StringComparer.Ordinal)];
}
