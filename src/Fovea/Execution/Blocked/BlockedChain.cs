using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Nodes that run as one operator: a head, and what is fused into its last step. Nobody but the next node of the chain
/// reads a node's output, so what lies between need never be stored.
/// </summary>
internal sealed record BlockedChain(int Head)
{
    /// <summary>The nodes' numbers in order, the head first.</summary>
    public List<int> Nodes { get; } = [Head];

    public int Last => Nodes[^1];

    /// <summary>The batch normalisation behind a convolution, if it is in the chain.</summary>
    public int? Normalization { get; private set; }

    /// <summary>Whether the last node pools what the others compute.</summary>
    public bool Pools { get; private set; }

    /// <summary>The node whose output is added, or −1 for the network's input; null if nothing is.</summary>
    public int? Residual { get; private set; }

    /// <summary>What the result is clamped to.</summary>
    public float Lower { get; private set; } = float.NegativeInfinity;

    /// <inheritdoc cref="Lower"/>
    public float Upper { get; private set; } = float.PositiveInfinity;

    /// <summary>Cuts a network into chains, in the order in which they run: by their last nodes, when all they add is there.</summary>
    /// <param name="network">The network.</param>
    /// <param name="fuses">Whether chains may have more than a head.</param>
    /// <param name="training">Whether batch normalisation computes its own statistics, and so cannot be folded.</param>
    public static IReadOnlyList<BlockedChain> Cut(Network network, bool fuses, bool training)
    {
        int[] readers = new int[network.Nodes.Count], reader = new int[network.Nodes.Count];
        for (int i = 0; i < network.Nodes.Count; i++)
            foreach (int input in network.Nodes[i].Inputs)
                if (input >= 0)
                {
                    readers[input]++;
                    reader[input] = i;
                }
        bool[] taken = new bool[network.Nodes.Count];
        var chains = new List<BlockedChain>();
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            if (taken[i])
                continue;
            var chain = new BlockedChain(i);
            while (fuses && readers[chain.Last] == 1 && !taken[reader[chain.Last]] && chain.Takes(network, reader[chain.Last], training))
                taken[chain.Last] = true;
            chains.Add(chain);
        }
        return [.. chains.OrderBy(chain => chain.Last)];
    }

    /// <summary>Takes the node in, if what the chain computes can end with it.</summary>
    private bool Takes(Network network, int next, bool training)
    {
        Node node = network.Nodes[next];
        Layer head = network.Nodes[Head].Layer;
        bool isHead = Last == Head;
        if (Pools || !Fuses(head, training))
            return false;
        if (node.Layer is MaxPool2d && head is BatchNorm2d && Residual is null)
        {
            Pools = true;
            Nodes.Add(next);
            return true;
        }
        if (!float.IsNegativeInfinity(Lower))
            return false;
        switch (node.Layer)
        {
            case BatchNorm2d when head is Conv2d && isHead && !training:
                Normalization = next;
                break;
            case Add when head is Conv2d or BatchNorm2d && Residual is null && node.Inputs.Count == 2:
                Residual = node.Inputs[0] == Last ? node.Inputs[1] : node.Inputs[0];
                break;
            case ReLU when head is Conv2d or BatchNorm2d or Linear or Add:
                Lower = 0;
                break;
            case ReLU6 when head is Conv2d or BatchNorm2d or Add:
                (Lower, Upper) = (0, 6);
                break;
            default:
                return false;
        }
        Nodes.Add(next);
        return true;
    }

    /// <summary>Whether the head's operator has a last step that others fit in. Grouped convolutions other than depthwise have not.</summary>
    private static bool Fuses(Layer head, bool training) => head switch
    {
        BatchNorm2d => training,
        Conv2d conv => conv.Connections is null && (conv.Groups == 1 || !training && conv.Groups == conv.InChannels && conv.Groups == conv.OutChannels && conv.Groups >= Kernels.Blocked.BlockedCorrelation.Block),
        Linear or Add => true,
        _ => false,
    };
}
