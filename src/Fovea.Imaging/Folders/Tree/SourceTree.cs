using Fovea.Data;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>A data set's files, from a folder or from an archive of one.</summary>
/// <param name="Location">Where that is on the disk, as it was given.</param>
/// <param name="Root">All that is there.</param>
/// <param name="IsArchive">Whether it is an archive.</param>
/// <param name="Handle">What holds the files open; null if nothing does.</param>
internal sealed record SourceTree(string Location, TreeFolder Root, bool IsArchive, IDisposable? Handle = null) : IDisposable
{
    private const int HeadBytes = 512;

    /// <exception cref="DirectoryNotFoundException">There is nothing of this name.</exception>
    /// <exception cref="DataFormatException">It is a file, but no archive that can be read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SourceTree Open(string path, FileAccount account)
    {
        if (Directory.Exists(path))
            return new SourceTree(path, DiskTree.Read(path, account), IsArchive: false);
        if (!File.Exists(path))
            throw new DirectoryNotFoundException($"there is no folder or archive {path}");
        FileStream file = InputFile.Open(path);
        try
        {
            var head = new byte[HeadBytes];
            int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            file.Position = 0;
            return Open(file, head.AsSpan(0, length), path, account);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The name without what makes it an archive's.</summary>
    public static string NameOf(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        foreach (string extension in (string[])[".tar.gz", ".tgz", ".tar", ".zip"])
            if (name.Length > extension.Length && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path))
                return name[..^extension.Length];
        return name;
    }

    public void Dispose() => Handle?.Dispose();

    /// <summary>What messages call a folder of it.</summary>
    public string Name(TreeFolder folder) =>
        folder.Path.Length == 0 ? $"{(IsArchive ? "archive" : "folder")} {Location}"
        : IsArchive ? $"folder {folder.Path} in {Location}"
        : $"folder {Path.Combine(Location, folder.Path)}";

    /// <summary>What messages call a file of it.</summary>
    public string Name(TreeFile file) => IsArchive ? $"{file.Path} in {Location}" : Path.Combine(Location, file.Path);

    private static SourceTree Open(FileStream file, ReadOnlySpan<byte> head, string path, FileAccount account)
    {
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
            return ZipTree.Read(file, path, account);
        if (head.Length > 2 && head[0] == 0x1F && head[1] == 0x8B)
            return TarTree.ReadCompressed(file, path, account);
        if (TarTree.IsTar(head))
            return TarTree.Read(file, path, account);
        string? kind = Foreign(head);
        throw new DataFormatException(kind is not null ? $"{path} is {kind}; .zip, .tar and .tar.gz are read in place, others must be unpacked"
            : $"{path} is a file; a data set is a folder with one sub-folder per class, or a .zip, .tar or .tar.gz of one");
    }

    private static string? Foreign(ReadOnlySpan<byte> head) =>
        head.StartsWith("7z"u8) ? "a 7z archive"
        : head.StartsWith("Rar!"u8) ? "a RAR archive"
        : head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z']) ? "compressed with xz"
        : head.StartsWith("BZh"u8) ? "compressed with bzip2"
        : head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "compressed with zstd"
        : head.StartsWith("PAR1"u8) ? "a Parquet file"
        : head.Length > 4 && head[1..].StartsWith("HDF"u8) ? "an HDF5 file"
        : null;
}
