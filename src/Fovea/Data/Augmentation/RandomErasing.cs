using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Covers a rectangle of random area, proportions and place with noise (Zhong et al., 2020). Half of the images unless
/// another probability is set; proportions from 0.3 to 1/0.3.
/// </summary>
public sealed record RandomErasing : AugmentationStep
{
    private const double MaxStretch = 1 / 0.3;

    /// <summary>Rectangles of these areas.</summary>
    /// <param name="least">The smallest area as a share of the image, above 0 to 1.</param>
    /// <param name="most">The largest area, from <paramref name="least"/> to 1.</param>
    public RandomErasing(double least = 0.02, double most = 0.33)
    {
        Least = Guard.Between(least, 0.001, 1, "the smallest area of erase");
        Most = Guard.Between(most, least, 1, "the largest area of erase");
        Probability = 0.5;
    }

    /// <summary>The smallest area as a share of the image.</summary>
    public double Least { get; }

    /// <summary>The largest area as a share of the image.</summary>
    public double Most { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        int imageHeight = canvas.Shape.Height, imageWidth = canvas.Shape.Width;
        double area = rng.NextDouble(Least, Most) * imageHeight * imageWidth;
        double stretch = Math.Exp(rng.NextDouble(-Math.Log(MaxStretch), Math.Log(MaxStretch)));
        int width = Math.Clamp((int)Math.Round(Math.Sqrt(area * stretch)), 1, imageWidth);
        int height = Math.Clamp((int)Math.Round(Math.Sqrt(area / stretch)), 1, imageHeight);
        int left = rng.NextInt(imageWidth - width + 1), top = rng.NextInt(imageHeight - height + 1);
        var box = Box.Of(left, top, width, height, imageWidth, imageHeight);
        for (int c = 0; c < canvas.Shape.Channels; c++)
            for (int y = box.Top; y < box.Bottom; y++)
                foreach (ref float pixel in box.Row(canvas.Plane(c), y, imageWidth))
                    pixel = (float)rng.NextDouble();
    }
}
