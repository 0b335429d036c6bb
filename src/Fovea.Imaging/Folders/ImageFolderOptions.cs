using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Folders;

/// <summary>How the pictures of a folder become a data set.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// (C, H, W) of every image, C being 1 (grey) or 3 (red, green, blue); null takes what most of the pictures looked at
    /// first have.
    /// </summary>
    public Shape? ImageShape { get; init; }

    /// <summary>What happens to pictures of other proportions.</summary>
    public FitMode Fit { get; init; } = FitMode.Stretch;

    /// <summary>How pixels are weighed where the proportions are kept; stretched pictures are fitted as data sets in memory are (<see cref="Fovea.Data.ImageFit"/>).</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bilinear;

    /// <summary>What is behind transparent pixels, and in the bars of a letterbox.</summary>
    public Colour Background { get; init; }

    /// <summary>How many threads decode; 0 is one for every processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The classes that there must be, in the order of their labels, as a trained model has them; null takes the
    /// folders' names in ordinal order. A folder of another name is an error; a class without a folder is not.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What to accept from each file.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;
}
