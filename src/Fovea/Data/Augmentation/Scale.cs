using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Makes images larger or smaller about their centre; equal factors up and down are equally likely.</summary>
public sealed record Scale : AugmentationStep
{
    /// <summary>Factors between these two.</summary>
    /// <param name="least">The smallest factor, 0.1 to 10.</param>
    /// <param name="most">The largest factor, at least <paramref name="least"/>.</param>
    public Scale(double least, double most)
    {
        Least = Guard.Between(least, 0.1, 10, "the smallest factor of scale");
        Most = Guard.Between(most, least, 10, "the largest factor of scale");
    }

    /// <summary>The smallest factor.</summary>
    public double Least { get; }

    /// <summary>The largest factor.</summary>
    public double Most { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        double inverse = Math.Exp(-rng.NextDouble(Math.Log(Least), Math.Log(Most)));
        canvas.Move(inverse, 0, 0, inverse);
    }
}
