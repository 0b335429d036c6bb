using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Turns all colours around the colour circle; grey images stay as they are.</summary>
public sealed record Hue : AugmentationStep
{
    /// <summary>Turns of at most this share of the circle in both directions, 0 to 0.5.</summary>
    public Hue(double turn) => Turn = Guard.Between(turn, 0, 0.5, "the turn of hue");

    /// <summary>The largest turn as a share of the circle.</summary>
    public double Turn { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Colours.TurnHue(canvas, rng.NextDouble(-Turn, Turn));
    }
}
