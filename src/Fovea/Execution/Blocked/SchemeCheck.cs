using Fovea.Execution.Blocked.Int8;
using Fovea.Execution.Graph;
using Fovea.Networks;

namespace Fovea.Execution.Blocked;

/// <summary>Whether a network can run as a quantisation says.</summary>
internal static class SchemeCheck
{
    /// <summary>What runs as one in int8, whatever the scheme.</summary>
    public static ExecutionGraph Partition(Network network)
    {
        var options = new PlanOptions { Quantization = new QuantizationScheme(new Dictionary<string, ActivationRange>(), new Dictionary<string, float[]>()) };
        return new ExecutionGraph(network, options, network.InputShape, new BlockedRules(options));
    }

    /// <summary>Requires that a network can run as the options say, if they quantise it; returns them.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why in one line.</exception>
    public static PlanOptions Require(Network network, PlanOptions options)
    {
        if (options.Quantization is null)
            return options;
        if (options.HasGradients || options.Behavior != LayerBehavior.Inference)
            throw new ArgumentException($"network '{network.Name}' is quantised and cannot be trained; train the model that it was made of, and quantise that again");
        Require(network, options.Quantization);
        return options;
    }

    /// <summary>Requires that a network can run so.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why in one line.</exception>
    public static void Require(Network network, QuantizationScheme scheme)
    {
        if (scheme.MaxWeight is < 1 or > sbyte.MaxValue)
            throw new ArgumentException($"a quantisation's largest weight is 1 to {sbyte.MaxValue}, got {scheme.MaxWeight}");
        foreach ((string name, float[] scales) in scheme.WeightScales)
        {
            Node node = network.Nodes.FirstOrDefault(node => node.Name == name)
                ?? throw new ArgumentException($"the quantisation names a layer '{name}', but network '{network.Name}' has none");
            if (!QuantizedConvolutionOperator.Suits(node.Layer, node.OutputShape))
                throw new ArgumentException($"layer '{name}' cannot run in int8; convolutions without groups and linear layers of a vector can");
            if (scales.Length != node.Parameters[0].Spec.Shape[0] || !Array.TrueForAll(scales, scale => float.IsFinite(scale) && scale >= 1e-35f))
                throw new ArgumentException($"the quantisation of layer '{name}' needs a positive step for each of its {node.Parameters[0].Spec.Shape[0]} outputs");
        }
        foreach (string name in network.Nodes.Select(node => node.Name).Prepend(NetworkBuilder.Input))
            if (scheme.Activations.TryGetValue(name, out ActivationRange range) && !range.IsSound)
                throw new ArgumentException($"the quantisation of activation '{name}' needs a positive step and a zero point from 0 to {ActivationRange.Levels}, got {range.Scale} and {range.ZeroPoint}");
        foreach (FusionGroup group in Partition(network).Groups)
        {
            if (group.Normalization is { } normalization && scheme.WeightScales.ContainsKey(network.Nodes[group.Head].Name))
                throw new ArgumentException($"layer '{network.Nodes[group.Head].Name}' cannot run in int8 with '{network.Nodes[normalization].Name}' behind it; fold batch normalisation into it first, as Quantizer does");
            scheme.RangeOf(network.Nodes[group.Last].Name);
        }
        scheme.RangeOf(NetworkBuilder.Input);
    }
}
