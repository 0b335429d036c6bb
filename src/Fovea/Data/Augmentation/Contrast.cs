using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Strengthens or weakens the contrast about the mean brightness.</summary>
public sealed record Contrast : AugmentationStep
{
    /// <summary>Factors from 1 − <paramref name="strength"/> (not below 0) to 1 + <paramref name="strength"/>.</summary>
    /// <param name="strength">0 to 10.</param>
    public Contrast(double strength) => Strength = Guard.Between(strength, 0, 10, "the strength of contrast");

    /// <summary>How far factors may be from 1.</summary>
    public double Strength { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Colours.Contrast(canvas, rng.NextDouble(Math.Max(0, 1 - Strength), 1 + Strength));
    }
}
