using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Folders;

/// <summary>How the images of a folder become a data set.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// (C, H, W) of every image, C being 1 (grey) or 3 (red, green, blue); null takes what most of the images looked at
    /// first have.
    /// </summary>
    public Shape? ImageShape { get; init; }

    /// <summary>
    /// What the shape is to be, given the one that most of the images looked at first have; for where
    /// <see cref="ImageShape"/> is null.
    /// </summary>
    public Func<Shape, Shape>? Reshape { get; init; }

    /// <summary>
    /// How many bytes of memory the images may take, by default half of what there is; what is beyond goes into a temporary
    /// file in <see cref="CacheFolder"/>.
    /// </summary>
    public long CacheBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Where the temporary file goes, if there is one.</summary>
    public string CacheFolder { get; init; } = Path.GetTempPath();

    /// <summary>What happens to images of other proportions.</summary>
    public FitMode Fit { get; init; } = FitMode.Stretch;

    /// <summary>How pixels are weighed where the proportions are kept; stretched images are fitted as data sets in memory are (<see cref="Fovea.Data.ImageFit"/>).</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>What is behind transparent pixels, and in the bars of a letterbox; white by default, as browsers show images.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>How many threads decode; 0 is one for every processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The classes that there must be, in the order of their labels, as a trained model has them; null takes the
    /// folders' names in ordinal order. A folder of another name is an error; a class without a folder is not.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// Where the classes are in the files' names: <c>{class}</c> stands for the class, <c>*</c> for anything and <c>#</c> for
    /// digits, as in <c>{class}.*</c> for <c>cat.0.png</c>. It is compared with the name without extension. Null takes the
    /// classes from folders or a table.
    /// </summary>
    public string? ClassPattern { get; init; }

    /// <summary>What to accept from each file.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;
}
