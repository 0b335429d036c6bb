using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Turns images about their centre, by any angle up to the given one in both directions.</summary>
public sealed record Rotate : AugmentationStep
{
    /// <summary>Rotations of at most <paramref name="degrees"/>, 0 to 180.</summary>
    public Rotate(double degrees) => Degrees = Guard.Between(degrees, 0, 180, "the angle of rotate");

    /// <summary>The largest angle.</summary>
    public double Degrees { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas) => Turn(canvas, rng.NextDouble(-Degrees, Degrees));

    /// <summary>Turns an image counter-clockwise.</summary>
    internal static void Turn(Canvas canvas, double degrees)
    {
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        canvas.Move(cos, -sin, sin, cos);
    }
}
