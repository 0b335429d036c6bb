using Fovea.Execution.Graph;
using Fovea.Execution.Quantized.Operators;
using Fovea.Networks;

namespace Fovea.Execution.Quantized;

/// <summary>
/// How a network is run in bytes: what the activations' bytes mean, and by what each output's weights are divided to be
/// whole numbers. Nodes that it does not name run in floats.
/// </summary>
/// <param name="Activations">The range of every activation that may be a byte, by its node's name (<c>input</c> for the network's input).</param>
/// <param name="WeightScales">For every convolution and linear layer that runs in bytes, by name, the step of each output's weights.</param>
public sealed record QuantizationScheme(IReadOnlyDictionary<string, ActivationRange> Activations, IReadOnlyDictionary<string, float[]> WeightScales)
{
    /// <summary>How the ranges were found, to be printed.</summary>
    public string Method { get; init; } = "";

    /// <summary>The largest weight in steps, 127 or less.</summary>
    public int MostWeight { get; init; } = sbyte.MaxValue;

    /// <summary>Requires that a network can run so.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why in one line.</exception>
    internal void RequireFit(Network network)
    {
        if (MostWeight is < 1 or > sbyte.MaxValue)
            throw new ArgumentException($"a quantisation's largest weight is 1 to {sbyte.MaxValue}, got {MostWeight}");
        foreach ((string name, float[] scales) in WeightScales)
        {
            Node node = network.Nodes.FirstOrDefault(node => node.Name == name)
                ?? throw new ArgumentException($"the quantisation names a layer '{name}', but network '{network.Name}' has none");
            if (!QuantizedConvolutionOperator.Suits(node.Layer, node.OutputShape))
                throw new ArgumentException($"layer '{name}' cannot run in bytes; convolutions without groups and linear layers of a vector can");
            if (scales.Length != node.Parameters[0].Spec.Shape[0] || !Array.TrueForAll(scales, scale => float.IsFinite(scale) && scale >= 1e-35f))
                throw new ArgumentException($"the quantisation of layer '{name}' needs a positive step for each of its {node.Parameters[0].Spec.Shape[0]} outputs");
        }
        foreach (string name in network.Nodes.Select(node => node.Name).Prepend(NetworkBuilder.Input))
            if (Activations.TryGetValue(name, out ActivationRange range) && !range.IsSound)
                throw new ArgumentException($"the quantisation of activation '{name}' needs a positive step and a zero point from 0 to {ActivationRange.Levels}, got {range.Scale} and {range.ZeroPoint}");
        foreach (FusionGroup group in QuantizedGraph.Partition(network, new PlanOptions(), network.InputShape).Groups)
        {
            if (group.Normalization is { } normalization && WeightScales.ContainsKey(network.Nodes[group.Head].Name))
                throw new ArgumentException($"layer '{network.Nodes[group.Head].Name}' cannot run in bytes with '{network.Nodes[normalization].Name}' behind it; fold batch normalisation into it first, as Quantizer does");
            RangeOf(network.Nodes[group.Last].Name);
        }
        RangeOf(NetworkBuilder.Input);
    }

    /// <summary>The range of an activation.</summary>
    /// <exception cref="ArgumentException">The scheme has none.</exception>
    internal ActivationRange RangeOf(string node) => Activations.TryGetValue(node, out ActivationRange range)
        ? range
        : throw new ArgumentException($"the quantisation has no range for the activation '{node}'");

    /// <summary>A layer's weights in steps, (outputs, …), rounded.</summary>
    internal sbyte[] WeightsOf(Node node)
    {
        float[] scales = WeightScales[node.Name];
        ReadOnlySpan<float> weights = node.Parameters[0].Value.Values;
        var steps = new sbyte[weights.Length];
        int row = weights.Length / scales.Length;
        for (int i = 0; i < steps.Length; i++)
            steps[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[i / row]), -MostWeight, MostWeight);
        return steps;
    }
}
