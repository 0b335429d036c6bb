using Fovea.Networks;

namespace Fovea.Execution;

/// <summary>
/// How a network is run in int8: what the activations' bytes mean, and by what each output's weights are divided to be
/// whole numbers. Nodes that it does not name run in floats.
/// </summary>
/// <param name="Activations">The range of every activation that may be a byte, by its node's name (<c>input</c> for the network's input).</param>
/// <param name="WeightScales">For every convolution and linear layer that runs in int8, by name, the step of each output's weights.</param>
public sealed record QuantizationScheme(IReadOnlyDictionary<string, ActivationRange> Activations, IReadOnlyDictionary<string, float[]> WeightScales)
{
    /// <summary>How the ranges were found, to be printed.</summary>
    public string Method { get; init; } = "";

    /// <summary>The largest weight in steps, 127 or less.</summary>
    public int MaxWeight { get; init; } = sbyte.MaxValue;

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
            steps[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[i / row]), -MaxWeight, MaxWeight);
        return steps;
    }
}
