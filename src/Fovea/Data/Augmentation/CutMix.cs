using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Exchanges a rectangle between two samples; targets are mixed by its area, of which the share that stays is drawn from
/// Beta(α, α) (Yun et al., 2019). The rectangle has the image's proportions and is centred on any pixel.
/// </summary>
public sealed record CutMix : MixingStep
{
    /// <summary>Rectangles with this α, 0.01 to 100.</summary>
    public CutMix(double alpha) => Alpha = Guard.Between(alpha, 0.01, 100, "the alpha of cutmix");

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public override double Mix(ref Rng rng, Shape shape, Span<float> first, Span<float> second)
    {
        int height = shape.Height, width = shape.Width, plane = height * width;
        double side = Math.Sqrt(1 - BetaDistribution.Draw(ref rng, Alpha));
        int boxWidth = (int)(width * side), boxHeight = (int)(height * side);
        int left = rng.NextInt(width) - boxWidth / 2, top = rng.NextInt(height) - boxHeight / 2;
        var box = Box.Of(left, top, boxWidth, boxHeight, width, height);
        for (int c = 0; c < shape.Channels; c++)
            for (int y = box.Top; y < box.Bottom; y++)
            {
                Span<float> a = box.Row(first.Slice(c * plane, plane), y, width), b = box.Row(second.Slice(c * plane, plane), y, width);
                for (int x = 0; x < a.Length; x++)
                    (a[x], b[x]) = (b[x], a[x]);
            }
        return 1 - (double)box.Area / plane;
    }
}
