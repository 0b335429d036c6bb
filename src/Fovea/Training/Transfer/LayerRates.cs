using Fovea.Networks;

namespace Fovea.Training.Transfer;

/// <summary>How fast the layers of a network that was trained before learn: the earlier, the slower (Howard and Ruder, 2018).</summary>
public static class LayerRates
{
    /// <summary>
    /// A factor on the learning rate for every trainable parameter: 1 for the last layer with parameters, <paramref name="first"/>
    /// for the first one, and in geometric steps between them.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="first">The first layer's factor, above 0 and at most 1.</param>
    /// <returns>Factors for <see cref="Optimizers.Optimizer.RateFactors"/>.</returns>
    /// <exception cref="ArgumentException">The factor is out of range.</exception>
    public static IReadOnlyList<float> Geometric(Network network, double first)
    {
        ArgumentNullException.ThrowIfNull(network);
        Guard.UpToOne(first, "the first layer's factor");
        return [.. Depths(network).SelectMany(layer => layer.Node.Parameters
            .Where(parameter => parameter.IsTrainable)
            .Select(_ => (float)Math.Pow(first, 1 - layer.Depth)))];
    }

    /// <summary>
    /// Freezes all but the last layers, a growing share of them from epoch to epoch, so that in the middle of the run all
    /// learn. To be called before the epoch's plans are compiled.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="epoch">The epoch that comes, from 0.</param>
    /// <param name="epochs">All epochs.</param>
    /// <returns>Whether a layer is frozen now and was not, or the other way round.</returns>
    public static bool Unfreeze(Network network, int epoch, int epochs)
    {
        ArgumentNullException.ThrowIfNull(network);
        double share = Math.Min(1, (epoch + 1) / Math.Max(1, epochs / 2.0));
        bool changed = false;
        foreach ((Node node, double depth) in Depths(network))
            foreach (Parameter parameter in node.Parameters)
            {
                bool frozen = depth < 1 - share;
                changed |= frozen != parameter.IsFrozen;
                parameter.IsFrozen = frozen;
            }
        return changed;
    }

    /// <summary>The layers with parameters, each with its place from 0, the first, to 1, the last.</summary>
    private static IEnumerable<(Node Node, double Depth)> Depths(Network network)
    {
        Node[] layers = [.. network.Nodes.Where(node => node.Parameters.Count > 0)];
        return layers.Select((node, i) => (node, layers.Length == 1 ? 1.0 : i / (layers.Length - 1.0)));
    }
}
