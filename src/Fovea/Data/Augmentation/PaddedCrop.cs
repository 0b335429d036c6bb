using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Crops an image of the old size, anywhere, from one with a frame of so many pixels around: a move by whole pixels
/// (He et al., 2016, for CIFAR-10).
/// </summary>
public sealed record PaddedCrop : AugmentationStep
{
    /// <summary>Crops with a frame of this many pixels, 0 to 1000.</summary>
    public PaddedCrop(int pixels) => Pixels = (int)Guard.Between(pixels, 0, 1000, "the frame of crop");

    /// <summary>The frame's width.</summary>
    public int Pixels { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        int x = rng.NextInt(2 * Pixels + 1) - Pixels, y = rng.NextInt(2 * Pixels + 1) - Pixels;
        canvas.Move(1, 0, 0, 1, x, y);
    }
}
