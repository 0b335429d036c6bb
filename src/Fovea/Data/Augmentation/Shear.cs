using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Slants images: sideways, as italics are, and if asked for up and down.</summary>
public sealed record Shear : AugmentationStep
{
    /// <summary>Slants of at most these angles.</summary>
    /// <param name="degrees">The largest angle sideways, 0 to 80.</param>
    /// <param name="verticalDegrees">The largest angle up and down, 0 to 80.</param>
    public Shear(double degrees, double verticalDegrees = 0)
    {
        Degrees = Guard.Between(degrees, 0, 80, "the angle of shear");
        VerticalDegrees = Guard.Between(verticalDegrees, 0, 80, "the vertical angle of shear");
    }

    /// <summary>The largest angle sideways.</summary>
    public double Degrees { get; }

    /// <summary>The largest angle up and down.</summary>
    public double VerticalDegrees { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        double sideways = Math.Tan(rng.NextDouble(-Degrees, Degrees) * Math.PI / 180);
        double vertical = Math.Tan(rng.NextDouble(-VerticalDegrees, VerticalDegrees) * Math.PI / 180);
        canvas.Move(1, sideways, 0, 1);
        canvas.Move(1, 0, vertical, 1);
    }
}
