namespace Fovea.Imaging.Folders.Tree;

/// <summary>A file of a data set, on the disk or in an archive.</summary>
/// <param name="path">Where it is, below the data set's root.</param>
internal abstract class TreeFile(string path)
{
    /// <summary>Where it is, below the data set's root.</summary>
    public string Path { get; } = path;

    /// <summary>Its name without folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>How many bytes it has; 0 also where it is no regular file.</summary>
    public abstract long Length { get; }

    /// <summary>All its bytes. May be called from many threads at once.</summary>
    /// <exception cref="ImageFormatException">It is no regular file, empty, damaged or over the limits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public abstract byte[] Read(ImageLimits limits);

    /// <summary>Whether it begins as an image does.</summary>
    public abstract bool BeginsAsImage();
}
