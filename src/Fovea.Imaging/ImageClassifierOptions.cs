using Fovea.Networks;
using Fovea.Training;

namespace Fovea.Imaging;

/// <summary>How a classifier works.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>The most threads that one call uses; one for every processor unless given.</summary>
    public int? Threads { get; init; }

    /// <summary>The copies of every image that are judged in its stead; the image alone if null.</summary>
    public TestTimeViews? Views { get; init; }

    /// <summary>What to accept as an image.</summary>
    public ImageLimits ImageLimits { get; init; } = ImageLimits.Default;

    /// <summary>How much a network from a file may compute; <see cref="Fovea.Networks.ModelLimits.None"/> is for files that one trusts.</summary>
    public ModelLimits? ModelLimits { get; init; }
}
