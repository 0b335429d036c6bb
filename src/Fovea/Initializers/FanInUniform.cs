namespace Fovea.Initializers;

/// <summary>
/// Even over ±1 / √fan-in: what PyTorch gives the weights and biases of its convolutions and linear layers. σ² = 1 / (3 fan-in).
/// </summary>
public sealed record FanInUniform() : VarianceScaling(Distribution.Uniform)
{
    /// <inheritdoc/>
    public override double Deviation(int fanIn, int fanOut) => Math.Sqrt(1 / (3.0 * fanIn));
}
