using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>Draws from a normal distribution, whatever the fans.</summary>
/// <param name="Deviation">The standard deviation, zero or more.</param>
/// <param name="Mean">The mean.</param>
public sealed record Gaussian(double Deviation, double Mean = 0) : Initializer
{
    /// <summary>The standard deviation.</summary>
    public double Deviation { get; } = Require.NotNegative(Deviation, "the deviation");

    /// <summary>The mean.</summary>
    public double Mean { get; } = Require.Finite(Mean, "the mean");

    internal override bool FillsInPieces => true;

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        foreach (ref float value in values)
            value = (float)(Mean + Deviation * rng.NextGaussian());
    }
}
