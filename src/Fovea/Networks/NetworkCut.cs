using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>The part of a trained network that makes features of an image, cut off from the layers that name its classes.</summary>
/// <param name="Backbone">A network of its own up to the features, a vector (F): the parameters are copies.</param>
/// <param name="Node">The node it was cut behind.</param>
public sealed record NetworkCut(Network Backbone, string Node)
{
    /// <summary>How many features there are.</summary>
    public int Features => Backbone.OutputShape.Length;
}

/// <summary>Cuts networks for transfer learning.</summary>
public static class NetworkCutting
{
    /// <summary>
    /// The network up to a node, which stays as it is. Feature maps larger than a pixel are reduced to their means, and
    /// whatever is no vector is made one.
    /// <para>
    /// Unless a node is named, the cut is behind the last global pooling or flattening. Where the network ends in
    /// <see cref="Softmax"/> and nothing behind that place has parameters, it pools the scores of classes: then, and where
    /// there is no such place, the cut is before the last layer with parameters.
    /// </para>
    /// </summary>
    /// <param name="network">What was trained, with one input.</param>
    /// <param name="node">The node to cut behind; null for the automatic choice.</param>
    /// <exception cref="ArgumentException">There is no such node (the message lists where a cut makes sense), nothing before it has parameters, or the network has several inputs.</exception>
    public static NetworkCut Cut(this Network network, string? node = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Inputs.Count > 1)
            throw new ArgumentException($"network '{network.Name}' has {network.Inputs.Count} inputs; only one with a single input can be cut");
        int end = node is null ? Choose(network) : Named(network, node);
        bool[] kept = Ancestors(network, end);
        if (!network.Nodes.Where((part, i) => kept[i] && part.Parameters.Count > 0).Any())
            throw new ArgumentException($"nothing up to {(node is null ? "the features" : $"'{node}'")} of '{network.Name}' was trained; cut behind one of {Candidates(network)}");
        return new NetworkCut(Copy(network, kept), end < 0 ? NetworkBuilder.Input : network.Nodes[end].Name);
    }

    /// <summary>The names of the nodes behind which everything goes through one place, the last ones first.</summary>
    private static string Candidates(Network network)
    {
        const int named = 12;
        string[] names = [.. network.Nodes.Where((part, i) => IsPassage(network, i)).Select(part => part.Name).Reverse()];
        return string.Join(", ", names.Take(named)) + (names.Length > named ? $" and {names.Length - named} more" : "");
    }

    private static int Named(Network network, string name)
    {
        for (int i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i].Name == name)
                return i;
        throw new ArgumentException($"no node of '{network.Name}' is named '{name}'{Nearest.Question(name, network.Nodes.Select(part => part.Name))}; there are {Candidates(network)}");
    }

    private static int Choose(Network network)
    {
        IReadOnlyList<Node> nodes = network.Nodes;
        bool[] used = Ancestors(network, nodes.Count - 1);
        int trained = LastIndex(i => used[i] && nodes[i].Parameters.Count > 0);
        int first = Enumerable.Range(0, nodes.Count).FirstOrDefault(i => used[i] && nodes[i].Parameters.Count > 0, nodes.Count);
        int pooled = LastIndex(i => i > first && used[i] && (IsGlobalPooling(network, i) || IsFlattening(network, i)));
        bool isClassifier = nodes[^1].Layer is Softmax;
        if (pooled >= 0 && (trained > pooled || !isClassifier))
            return pooled;
        // Of a network that makes features and no classes, all is kept.
        return trained >= 0 && (isClassifier || nodes[trained].Layer is Linear) ? nodes[trained].Inputs[0] : nodes.Count - 1;

        int LastIndex(Func<int, bool> isIt)
        {
            int last = nodes.Count - 1;
            while (last >= 0 && !isIt(last))
                last--;
            return last;
        }
    }

    /// <summary>Whether the node makes one number of every map.</summary>
    private static bool IsGlobalPooling(Network network, int index)
    {
        Node node = network.Nodes[index];
        if (node.Layer is not (GlobalAvgPool2d or AdaptiveAvgPool2d or AvgPool2d or MaxPool2d or ReduceMean or ReduceMax))
            return false;
        Shape from = InputOf(network, node), to = node.OutputShape;
        return from.IsMaps && from.Length > from.Channels && to.Length == from.Channels;
    }

    /// <summary>Whether the node makes a vector of maps.</summary>
    private static bool IsFlattening(Network network, int index)
    {
        Node node = network.Nodes[index];
        return node.Layer is Flatten or Reshape && node.OutputShape.Rank == 1 && InputOf(network, node).Rank > 1;
    }

    private static Shape InputOf(Network network, Node node) => node.Inputs[0] < 0 ? network.InputShape : network.Nodes[node.Inputs[0]].OutputShape;

    /// <summary>Whether nothing behind the node takes anything from before it: a place to cut.</summary>
    private static bool IsPassage(Network network, int index) =>
        !network.Nodes.Skip(index + 1).Any(later => later.Inputs.Any(input => input < index))
        && network.Nodes.Take(index + 1).Any(node => node.Parameters.Count > 0);

    private static bool[] Ancestors(Network network, int end)
    {
        bool[] kept = new bool[network.Nodes.Count];
        if (end >= 0)
            kept[end] = true;
        for (int i = end; i >= 0; i--)
            if (kept[i])
                foreach (int input in network.Nodes[i].Inputs)
                    if (input >= 0)
                        kept[input] = true;
        return kept;
    }

    private static Network Copy(Network network, bool[] kept)
    {
        var builder = new NetworkBuilder(network.InputShape);
        Node[] nodes = [.. network.Nodes.Where((_, i) => kept[i])];
        foreach (Node node in nodes)
            builder.Add(node.Layer, node.Name, [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : network.Nodes[input].Name)]);
        if (builder.Shape.IsMaps && builder.Shape.Length > builder.Shape.Channels)
            builder.Add(new GlobalAvgPool2d());
        if (builder.Shape.Rank != 1)
            builder.Add(new Flatten());
        Network copy = builder.BuildBlank(network.Name);
        for (int i = 0; i < nodes.Length; i++)
            for (int p = 0; p < nodes[i].Parameters.Count; p++)
                nodes[i].Parameters[p].Value.Values.CopyTo(copy.Nodes[i].Parameters[p].Value.Span);
        return copy;
    }
}
