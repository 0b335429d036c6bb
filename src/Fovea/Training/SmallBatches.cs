using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Training;

/// <summary>Batches of one sample, whose statistics tell batch normalisation nothing.</summary>
internal static class SmallBatches
{
    /// <summary>
    /// What batches of one sample do to a network with batch normalisation, and what to do about it. Such a batch is
    /// normalised by its own mean and deviation: what all samples have in common is lost, and the running statistics,
    /// which are used for predictions, take up noise.
    /// </summary>
    /// <param name="network">The network that is to be trained.</param>
    /// <param name="samples">How many samples an epoch has.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="dropLast">Whether an epoch's last batch is left out if it is not full.</param>
    /// <returns>One line; null if there is nothing to warn of.</returns>
    public static string? Warning(Network network, int samples, int batchSize, bool dropLast)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (!network.Nodes.Any(node => node.Layer is BatchNorm2d && !node.Parameters.Any(parameter => parameter.IsFrozen)))
            return null;
        if (batchSize == 1 || samples == 1)
            return "batches of one sample: batch normalization has nothing but that sample to take its statistics from, and the network learns noise; use a larger batch";
        return samples % batchSize == 1 && !dropLast
            ? $"the last batch of an epoch has one sample ({samples} samples, batches of {batchSize}): batch normalization has nothing but that sample to take its statistics from; leave such batches out (--drop-last) or use another batch size"
            : null;
    }
}
