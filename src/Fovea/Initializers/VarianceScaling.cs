using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>The form of a distribution whose deviation follows from the fans.</summary>
public enum Distribution
{
    /// <summary>Normal, with that deviation σ.</summary>
    Normal,

    /// <summary>Even over ±√3 σ, whose deviation is σ too.</summary>
    Uniform,
}

/// <summary>
/// Draws with mean 0 and a deviation that keeps the size of signals about the same from layer to layer; the rules differ
/// in which fan they look at.
/// </summary>
/// <param name="Distribution">Normal or uniform, of equal deviation.</param>
public abstract record VarianceScaling(Distribution Distribution) : Initializer
{
    /// <summary>Normal or uniform, of equal deviation.</summary>
    public Distribution Distribution { get; } = Distribution is Distribution.Normal or Distribution.Uniform
        ? Distribution
        : throw new ArgumentException($"the distribution must be Normal or Uniform, got {Distribution}");

    /// <summary>The standard deviation for these fans.</summary>
    /// <param name="fanIn">How many inputs feed one output, 1 or more.</param>
    /// <param name="fanOut">How many outputs one input feeds, 1 or more.</param>
    public abstract double Deviation(int fanIn, int fanOut);

    internal override bool FillsInPieces => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A fan is below 1.</exception>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        double deviation = Deviation(Guard.AtLeastOne(fanIn, "fan-in"), Guard.AtLeastOne(fanOut, "fan-out"));
        Initializer rule = Distribution == Distribution.Normal
            ? new Gaussian(deviation)
            : new Uniform(-Math.Sqrt(3) * deviation, Math.Sqrt(3) * deviation);
        rule.Fill(values, fanIn, fanOut, ref rng);
    }
}

/// <summary>
/// Glorot and Bengio (2010), for activations that are linear around 0 such as tanh: σ² = 2 / (fan-in + fan-out).
/// </summary>
/// <param name="Distribution">Normal or uniform, of equal deviation.</param>
public sealed record Xavier(Distribution Distribution = Distribution.Uniform) : VarianceScaling(Distribution)
{
    /// <inheritdoc/>
    public override double Deviation(int fanIn, int fanOut) => Math.Sqrt(2.0 / ((double)fanIn + fanOut));
}

/// <summary>He et al. (2015), for ReLU, which lets half of its input through: σ² = 2 / fan-in.</summary>
/// <param name="Distribution">Normal or uniform, of equal deviation.</param>
public sealed record He(Distribution Distribution = Distribution.Normal) : VarianceScaling(Distribution)
{
    /// <inheritdoc/>
    public override double Deviation(int fanIn, int fanOut) => Math.Sqrt(2.0 / fanIn);
}

/// <summary>LeCun et al. ("Efficient BackProp", 1998), for 1.7159 tanh(2x/3): σ² = 1 / fan-in.</summary>
/// <param name="Distribution">Normal or uniform, of equal deviation.</param>
public sealed record LeCun(Distribution Distribution = Distribution.Normal) : VarianceScaling(Distribution)
{
    /// <inheritdoc/>
    public override double Deviation(int fanIn, int fanOut) => Math.Sqrt(1.0 / fanIn);
}
