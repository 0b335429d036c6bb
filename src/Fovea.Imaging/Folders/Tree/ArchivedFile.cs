namespace Fovea.Imaging.Folders.Tree;

/// <summary>A file in an archive, which says its length before it is read.</summary>
internal abstract class ArchivedFile(string path, long length) : TreeFile(path)
{
    public sealed override long Length => length;

    public sealed override byte[] Read(ImageLimits limits)
    {
        if (length == 0)
            throw new ImageFormatException("empty");
        if (length > Math.Min(limits.MaxFileBytes, Array.MaxLength))
            throw new ImageFormatException($"{length} bytes are over the limit of {limits.MaxFileBytes}");
        return ReadAll();
    }

    /// <summary>All its bytes: no fewer than it says.</summary>
    protected abstract byte[] ReadAll();
}
