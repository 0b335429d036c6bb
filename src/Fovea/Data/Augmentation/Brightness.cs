using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Makes images brighter or darker: every pixel times a factor.</summary>
public sealed record Brightness : AugmentationStep
{
    /// <summary>Factors from 1 − <paramref name="strength"/> (not below 0) to 1 + <paramref name="strength"/>.</summary>
    /// <param name="strength">0 to 10.</param>
    public Brightness(double strength) => Strength = Guard.Between(strength, 0, 10, "the strength of brightness");

    /// <summary>How far factors may be from 1.</summary>
    public double Strength { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Colours.Brighten(canvas, rng.NextDouble(Math.Max(0, 1 - Strength), 1 + Strength));
    }
}
