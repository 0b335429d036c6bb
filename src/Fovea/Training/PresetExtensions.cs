using Fovea.Data;
using Fovea.Networks;
using Fovea.Networks.Presets;

namespace Fovea.Training;

/// <summary>Presets for a data set.</summary>
public static class PresetExtensions
{
    /// <summary>
    /// Makes the network for the shape and the classes of a data set, with freshly drawn parameters and with what the
    /// preset takes from the images themselves: <c>whitenet</c>'s first layer whitens their patches and does not learn.
    /// </summary>
    /// <param name="preset">The preset.</param>
    /// <param name="training">The images that it will learn from.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <param name="seed">Same seed, same parameters.</param>
    /// <exception cref="Layers.ShapeException">The images are too small.</exception>
    /// <exception cref="ArgumentException">There are fewer than 2 classes.</exception>
    public static Network CreateFor(this Preset preset, IDataset training, Normalization? normalization = null, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentNullException.ThrowIfNull(training);
        Network network = preset.Create(training.ImageShape, training.ClassNames.Count, seed);
        PatchWhitening.Apply(network, training, normalization);
        return network;
    }
}
