namespace Fovea.Imaging;

/// <summary>An image to classify: a name for it, and where its bytes come from, which is asked when its turn comes.</summary>
public sealed class ImageInput
{
    private readonly Func<byte[]>? _read;

    /// <summary>An image whose bytes come from anywhere.</summary>
    /// <param name="name">What results call it.</param>
    /// <param name="read">
    /// Gives the bytes of an image file, from any thread; what it throws of <see cref="IOException"/>,
    /// <see cref="UnauthorizedAccessException"/> and <see cref="ImageFormatException"/> becomes the image's error.
    /// </param>
    public ImageInput(string name, Func<byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(read);
        (Name, _read) = (name, read);
    }

    /// <summary>The bytes of an image file.</summary>
    /// <param name="name">What results call it.</param>
    /// <param name="file">The bytes.</param>
    public ImageInput(string name, byte[] file)
        : this(name, () => file) => ArgumentNullException.ThrowIfNull(file);

    private ImageInput(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = path;
    }

    /// <summary>What results call it.</summary>
    public string Name { get; }

    /// <summary>An image file.</summary>
    /// <param name="path">Where it is, and what results call it.</param>
    public static ImageInput File(string path) => new(path);

    internal byte[] Read(ImageLimits limits) => _read is null ? ImageFile.ReadBytes(Name, limits) : _read();
}
