using Fovea.Data;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>
/// A folder on the disk. Links to folders are followed after all else was found, and only to where nothing was read yet:
/// they may lead in circles.
/// </summary>
internal static class DiskTree
{
    private const int Deepest = 64;

    /// <exception cref="IOException">The folder itself cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder itself may not be read.</exception>
    public static TreeFolder Read(string root, FileAccount account)
    {
        var walk = new Walk(root, account);
        var top = new TreeFolder("");
        Directory.GetFileSystemEntries(root);
        walk.Into(top, InputFile.RealPath(root));
        walk.FollowLinks();
        top.Sort();
        return top;
    }

    private sealed class Walk(string root, FileAccount account)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private readonly Queue<(TreeFolder Parent, string Path)> _links = [];

        public void Into(TreeFolder folder, string real, int depth = 0)
        {
            if (!_seen.Add(real))
            {
                account.Skip(folder.Path, "a folder that is read already under another name");
                return;
            }
            if (depth > Deepest)
            {
                account.Skip(folder.Path, $"more than {Deepest} folders deep");
                return;
            }
            FileSystemInfo[] entries;
            try
            {
                entries = new DirectoryInfo(Path.Combine(root, folder.Path)).GetFileSystemInfos();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                account.Skip(folder.Path, "a folder that may not be read");
                return;
            }
            foreach (FileSystemInfo entry in entries)
            {
                string path = Path.Combine(folder.Path, entry.Name);
                bool isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
                if (isLink && !TreeSieve.HasImageExtension(path) && LeadsNowhere(entry))
                {
                    account.Skip(path, "a link to nothing");
                }
                else if ((entry.Attributes & FileAttributes.Directory) == 0)
                {
                    folder.Files.Add(new DiskFile(root, path));
                }
                else if (isLink)
                {
                    _links.Enqueue((folder, path));
                }
                else
                {
                    var below = new TreeFolder(path);
                    folder.Folders.Add(below);
                    Into(below, Path.Combine(real, entry.Name), depth + 1);
                }
            }
        }

        private static bool LeadsNowhere(FileSystemInfo link)
        {
            try
            {
                return link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: false };
            }
            catch (IOException)
            {
                return true;
            }
        }

        public void FollowLinks()
        {
            // Links in the order of their paths, those found behind them later.
            foreach ((TreeFolder parent, string path) in Ordered())
            {
                string real;
                try
                {
                    real = InputFile.RealPath(Path.Combine(root, path));
                }
                catch (InputFileException e)
                {
                    account.Skip(path, e.Reason);
                    continue;
                }
                if (_seen.Contains(real))
                {
                    account.Skip(path, "a link to a folder that is read already");
                    continue;
                }
                if (path.Split(Path.DirectorySeparatorChar).Select(Leavings.Of).FirstOrDefault(found => found is not null) is { } reason)
                {
                    account.Skip(path, reason);
                    continue;
                }
                var folder = new TreeFolder(path);
                parent.Folders.Add(folder);
                Into(folder, real, path.Count(c => c == Path.DirectorySeparatorChar));
            }
        }

        private IEnumerable<(TreeFolder Parent, string Path)> Ordered()
        {
            while (_links.Count > 0)
            {
                (TreeFolder, string Path)[] found = [.. _links.OrderBy(link => link.Path, StringComparer.Ordinal)];
                _links.Clear();
                foreach ((TreeFolder, string) link in found)
                    yield return link;
            }
        }
    }

    private sealed class DiskFile(string root, string path) : TreeFile(path)
    {
        private string FullPath => System.IO.Path.Combine(root, Path);

        public override long Length => new FileInfo(FullPath) is { Exists: true } file ? file.Length : 0;

        public override byte[] Read(ImageLimits limits) => ImageFile.ReadBytes(FullPath, limits);

        public override bool BeginsAsImage() => ImageFile.IsImage(FullPath);
    }
}
