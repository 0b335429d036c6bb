using Fovea.Layers;

namespace Fovea.Networks;

/// <summary>A trained network for other classes.</summary>
public static class HeadReplacement
{
    /// <summary>
    /// A network like this one for another set of classes: the last layer with parameters, which must be
    /// <see cref="Linear"/>, is drawn anew with as many outputs, all others are copied. The network itself stays as it is.
    /// </summary>
    /// <param name="network">What was trained.</param>
    /// <param name="classes">Outputs of the new network, 1 or more.</param>
    /// <param name="seed">Same seed, same values of the new layer.</param>
    /// <exception cref="ArgumentException">The last layer is of another kind.</exception>
    public static Network WithNewHead(this Network network, int classes, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        Node? last = network.Nodes.LastOrDefault(node => node.Parameters.Count > 0);
        if (last?.Layer is not Linear head)
            throw new ArgumentException($"the last layer of '{network.Name}' with parameters is {last?.Layer.GetType().Name ?? "missing"}; only a Linear one can be drawn anew for other classes");
        var builder = new NetworkBuilder(network.InputShape);
        foreach (Node node in network.Nodes)
            builder.Add(
                node == last ? new Linear(head.InFeatures, Guard.AtLeastOne(classes, "the number of classes"), head.Bias) : node.Layer, node.Name,
                [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : network.Nodes[input].Name)]);
        Network copy = builder.Build(seed, network.Name);
        for (int i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i] != last)
                for (int p = 0; p < network.Nodes[i].Parameters.Count; p++)
                    network.Nodes[i].Parameters[p].Value.Values.CopyTo(copy.Nodes[i].Parameters[p].Value.Span);
        return copy;
    }
}
