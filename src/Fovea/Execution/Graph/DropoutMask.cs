using Fovea.Tensors;

namespace Fovea.Execution.Graph;

/// <summary>
/// What dropout does in one step: whether a unit is dropped is a hash of the plan's seed, the step, the node, the sample and
/// the unit. So backward asks anew instead of remembering, and neither threads nor layouts matter.
/// </summary>
/// <param name="p">The probability of being dropped.</param>
/// <param name="seed">The plan's seed.</param>
/// <param name="step">How many training steps came before.</param>
/// <param name="node">The node's number.</param>
internal readonly struct DropoutMask(double p, ulong seed, ulong step, int node)
{
    private readonly ulong _dropBelow = (ulong)(p * Math.Pow(2, 64));
    private readonly float _scale = (float)(1 / (1 - p));
    private readonly ulong _stream = Rng.Mix(Rng.Mix(Rng.Mix(seed) + step) + (ulong)node);

    /// <summary>What names a sample's random numbers.</summary>
    /// <param name="sample">The sample's number in the batch.</param>
    public ulong KeyOf(int sample) => Rng.Mix(_stream + (ulong)sample);

    /// <summary>What a unit is multiplied with: 0, or 1 / (1 − p).</summary>
    /// <param name="key">The sample's key.</param>
    /// <param name="unit">An element's number in the order of (C, H, W), or a map's.</param>
    public float FactorOf(ulong key, int unit) => Rng.Mix(key + (ulong)unit) < _dropBelow ? 0 : _scale;
}
