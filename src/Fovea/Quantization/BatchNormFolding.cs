using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Quantization;

/// <summary>Batch normalisation as a part of the convolution before it.</summary>
internal static class BatchNormFolding
{
    /// <summary>
    /// The network with every <see cref="BatchNorm2d"/> that alone follows a <see cref="Conv2d"/> folded into that: in inference it
    /// scales and shifts each channel, which other weights and a bias do as well. Nothing is shared with the network.
    /// </summary>
    public static Network Fold(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        int[] readers = new int[network.Nodes.Count];
        foreach (int input in network.Nodes.SelectMany(node => node.Inputs).Where(input => input >= 0))
            readers[input]++;
        // A convolution that a normalisation alone reads, and the normalisation.
        var folded = new Dictionary<int, int>();
        for (int i = 0; i < network.Nodes.Count; i++)
            if (network.Nodes[i] is { Layer: BatchNorm2d } norm && norm.Inputs[0] >= 0 && readers[norm.Inputs[0]] == 1 && network.Nodes[norm.Inputs[0]].Layer is Conv2d { Connections: null })
                folded.Add(norm.Inputs[0], i);

        var builder = new NetworkBuilder(network.InputShape);
        var names = new Dictionary<int, string> { [-1] = NetworkBuilder.Input };
        var fills = new List<(Node Conv, Node? Norm)>();
        for (int i = 0; i < network.Nodes.Count; i++)
        {
            Node node = network.Nodes[i];
            string[] from = [.. node.Inputs.Select(input => names[input])];
            if (folded.ContainsValue(i))
            {
                names[i] = from[0];
                continue;
            }
            Layer layer = folded.ContainsKey(i) && node.Layer is Conv2d conv
                ? new Conv2d(conv.InChannels, conv.OutChannels, conv.KernelSize, conv.Stride, conv.Padding, conv.Dilation, conv.Groups)
                : node.Layer;
            builder.Add(layer, node.Name, from);
            names[i] = node.Name;
            fills.Add((node, folded.TryGetValue(i, out int norm) ? network.Nodes[norm] : null));
        }
        Network result = builder.BuildBlank(network.Name);
        for (int i = 0; i < fills.Count; i++)
            Fill(result.Nodes[i], fills[i].Conv, fills[i].Norm);
        return result;
    }

    private static void Fill(Node target, Node source, Node? norm)
    {
        for (int p = 0; p < source.Parameters.Count; p++)
            source.Parameters[p].Value.Values.CopyTo(target.Parameters[p].Value.Span);
        if (norm?.Layer is not BatchNorm2d layer)
            return;
        int first = layer.Affine ? 2 : 0;
        Span<float> weights = target.Parameters[0].Value.Span, bias = target.Parameters[1].Value.Span;
        int row = weights.Length / bias.Length;
        for (int oc = 0; oc < bias.Length; oc++)
        {
            double scale = (layer.Affine ? norm.Parameters[0].Value.Values[oc] : 1) / Math.Sqrt(norm.Parameters[first + 1].Value.Values[oc] + layer.Eps);
            bias[oc] = (float)((bias[oc] - norm.Parameters[first].Value.Values[oc]) * scale + (layer.Affine ? norm.Parameters[1].Value.Values[oc] : 0));
            foreach (ref float weight in weights.Slice(oc * row, row))
                weight = (float)(weight * scale);
        }
    }
}
