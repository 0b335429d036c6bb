using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Moves images sideways and up or down, by fractions of pixels too.</summary>
public sealed record Translate : AugmentationStep
{
    /// <summary>Moves by at most this share of the width and of the height, 0 to 1.</summary>
    public Translate(double share) => Share = Guard.Share(share, "the distance of translate");

    /// <summary>The largest distance as a share of the image's side.</summary>
    public double Share { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        double x = rng.NextDouble(-Share, Share) * canvas.Shape.Width, y = rng.NextDouble(-Share, Share) * canvas.Shape.Height;
        canvas.Move(1, 0, 0, 1, x, y);
    }
}
