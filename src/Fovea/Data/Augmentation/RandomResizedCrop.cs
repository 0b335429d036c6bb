using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Cuts out a rectangle of random area, proportions and place, and makes it fill the image (Szegedy et al., 2015). The
/// proportions lie between 3 : 4 and 4 : 3 of the image's own.
/// </summary>
public sealed record RandomResizedCrop : AugmentationStep
{
    private const double MaxStretch = 4.0 / 3;

    /// <summary>Crops of these areas.</summary>
    /// <param name="least">The smallest area as a share of the image, above 0 to 1.</param>
    /// <param name="most">The largest area, from <paramref name="least"/> to 1.</param>
    public RandomResizedCrop(double least = 0.08, double most = 1)
    {
        Least = Guard.Between(least, 0.001, 1, "the smallest area of resized-crop");
        Most = Guard.Between(most, least, 1, "the largest area of resized-crop");
    }

    /// <summary>The smallest area as a share of the image.</summary>
    public double Least { get; }

    /// <summary>The largest area as a share of the image.</summary>
    public double Most { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        double area = rng.NextDouble(Least, Most);
        double stretch = Math.Exp(rng.NextDouble(-Math.Log(MaxStretch), Math.Log(MaxStretch)));
        // A rectangle that would be wider or higher than the image is cut to it.
        double width = Math.Min(Math.Sqrt(area * stretch), 1), height = Math.Min(Math.Sqrt(area / stretch), 1);
        double x = (rng.NextDouble() - 0.5) * (1 - width), y = (rng.NextDouble() - 0.5) * (1 - height);
        canvas.Move(width, 0, 0, height, x * (canvas.Shape.Width - 1), y * (canvas.Shape.Height - 1));
    }
}
