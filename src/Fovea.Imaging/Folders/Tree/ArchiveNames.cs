using Fovea.Data;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>
/// Puts an archive's entries into a tree by their names. Nothing is ever written under these names; still, one that leads
/// out of the archive is nobody's honest file.
/// </summary>
internal sealed class ArchiveNames(string archive, FileAccount account)
{
    private const int MaxEntries = 2_000_000, LongestName = 4096, Deepest = 64, MaxForFolders = 1 << 25;
    private readonly Dictionary<string, TreeFolder> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private int _entries;
    private long _folderNames;

    public TreeFolder Root { get; } = new("");

    /// <summary>Makes sure that there is the folder of this name.</summary>
    public void AddFolder(string name)
    {
        Count();
        if (Parts(name) is { } parts)
            Folder(parts);
    }

    /// <summary>The path for a file of this name, whose place is taken by it; null, with the reason told, if it cannot be one.</summary>
    public string? PathFor(string name)
    {
        Count();
        if (Parts(name) is not { Length: > 0 } parts)
        {
            account.Skip(Short(name), "its name leads out of the archive, or is too long");
            return null;
        }
        string path = string.Join(Path.DirectorySeparatorChar, parts);
        if (_files.Add(path))
            return path;
        account.Skip(path, "a second file of this name in the archive");
        return null;
    }

    /// <summary>Puts a file into its folder.</summary>
    public void Add(TreeFile file) => Folder(file.Path.Split(Path.DirectorySeparatorChar).AsSpan()[..^1]).Files.Add(file);

    /// <summary>An entry that is no file.</summary>
    public void Skip(string name, string reason)
    {
        Count();
        account.Skip(Parts(name) is { } parts ? string.Join(Path.DirectorySeparatorChar, parts) : Short(name), reason);
    }

    private void Count()
    {
        if (++_entries > MaxEntries)
            throw new DataFormatException($"{archive}: more than {MaxEntries} entries; right would be a folder");
    }

    private TreeFolder Folder(ReadOnlySpan<string> parts)
    {
        if (parts.IsEmpty)
            return Root;
        string path = string.Join(Path.DirectorySeparatorChar, parts!);
        if (!_folders.TryGetValue(path, out TreeFolder? folder))
        {
            // A folder of a long name and many above it takes much more memory than the archive says it in.
            if ((_folderNames += path.Length) > MaxForFolders)
                throw new DataFormatException($"{archive}: its folders' names take more than {MaxForFolders} characters; right would be a folder");
            folder = new TreeFolder(path);
            _folders.Add(path, folder);
            Folder(parts[..^1]).Folders.Add(folder);
        }
        return folder;
    }

    private static string[]? Parts(string name)
    {
        if (name.Length > LongestName || name.StartsWith('/') || name.StartsWith('\\') || name.Contains('\0') || (name.Length > 1 && name[1] == ':'))
            return null;
        string[] parts = [.. name.Split('/', '\\').Where(part => part is not ("" or "."))];
        return parts.Length > Deepest || parts.Contains("..") ? null : parts;
    }

    private static string Short(string name) => name.Length > 100 ? name[..100] + "…" : name;
}
