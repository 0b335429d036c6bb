using Fovea.Tensors;

namespace Fovea.Initializers;

/// <summary>Draws evenly from an interval, whatever the fans.</summary>
/// <param name="Low">The lower bound.</param>
/// <param name="High">The upper bound, not below the lower.</param>
public sealed record Uniform(double Low, double High) : Initializer
{
    /// <summary>The lower bound.</summary>
    public double Low { get; } = Guard.Finite(Low, "the lower bound");

    /// <summary>The upper bound.</summary>
    public double High { get; } = Guard.Finite(High, "the upper bound") >= Low
        ? High
        : throw new ArgumentException(FormattableString.Invariant($"the upper bound must be at least the lower, {Low}, got {High}"));

    internal override bool FillsInPieces => true;

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int fanIn, int fanOut, ref Rng rng)
    {
        foreach (ref float value in values)
            value = (float)rng.NextDouble(Low, High);
    }
}
