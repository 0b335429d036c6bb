using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>
/// Uniform in ±1/√fanIn: what PyTorch gives convolutions and linear layers, weights and biases alike
/// (Kaiming uniform with a = √5).
/// </summary>
public sealed record FanInUniform : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        double bound = 1 / Math.Sqrt(fanIn);
        foreach (ref float value in values)
            value = (float)rng.NextDouble(-bound, bound);
    }
}
