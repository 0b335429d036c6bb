using Fovea.Data;

namespace Fovea.Networks;

/// <summary>Whether a network and a data set go together.</summary>
internal static class Matching
{
    /// <summary>Throws, saying what does not match, unless they do.</summary>
    public static void Require(Network network, IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Count == 0)
            throw new ArgumentException($"the data set '{dataset.Name}' has no samples", nameof(dataset));
        if (dataset.ImageShape != network.InputShape)
            throw new ArgumentException($"network '{network.Name}' takes images of {network.InputShape}, data set '{dataset.Name}' has {dataset.ImageShape}", nameof(dataset));
        if (network.OutputShape.Rank != 1)
            throw new ArgumentException($"network '{network.Name}' gives {network.OutputShape}; a classifier gives a vector (classes)", nameof(network));
        if (dataset.ClassNames.Count > network.OutputShape.Length)
            throw new ArgumentException($"network '{network.Name}' tells {network.OutputShape.Length} classes apart, data set '{dataset.Name}' has {dataset.ClassNames.Count}", nameof(dataset));
    }
}
