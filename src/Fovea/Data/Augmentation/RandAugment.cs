using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Does some changes to every image, each drawn from fourteen, all at one strength (Cubuk et al., 2020). At strength 30
/// these reach: rotation 30°, shear 0.3, translation 45 % of the side, brightness, contrast, saturation and sharpness
/// 0.9 more or less, posterising to 4 bits, solarising everything; levelling and equalising have no strength, and one of
/// the fourteen changes nothing.
/// </summary>
public sealed record RandAugment : AugmentationStep
{
    /// <summary>The strength at which every change reaches its end.</summary>
    public const double MaxMagnitude = 30;

    private const int Kinds = 14;

    /// <summary>So many changes of this strength.</summary>
    /// <param name="count">Changes to an image, 1 to 14.</param>
    /// <param name="magnitude">Strength, 0 to 30.</param>
    public RandAugment(int count = 2, double magnitude = 9)
    {
        Count = (int)Guard.Between(count, 1, Kinds, "the number of changes of randaugment");
        Magnitude = Guard.Between(magnitude, 0, MaxMagnitude, "the strength of randaugment");
    }

    /// <summary>Changes to an image.</summary>
    public int Count { get; }

    /// <summary>Strength, 0 to 30.</summary>
    public double Magnitude { get; }

    /// <inheritdoc/>
    internal override void Apply(ref Rng rng, Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        for (int i = 0; i < Count; i++)
        {
            int kind = rng.NextInt(Kinds);
            double strength = Magnitude / MaxMagnitude, signed = rng.NextInt(2) == 0 ? strength : -strength;
            Apply(kind, strength, signed, canvas);
        }
    }

    private static void Apply(int kind, double strength, double signed, Canvas canvas)
    {
        switch (kind)
        {
            case 0: Rotate.Turn(canvas, 30 * signed); break;
            case 1: canvas.Move(1, 0.3 * signed, 0, 1); break;
            case 2: canvas.Move(1, 0, 0.3 * signed, 1); break;
            case 3: canvas.Move(1, 0, 0, 1, 0.45 * signed * canvas.Shape.Width, 0); break;
            case 4: canvas.Move(1, 0, 0, 1, 0, 0.45 * signed * canvas.Shape.Height); break;
            case 5: Colours.Brighten(canvas, 1 + 0.9 * signed); break;
            case 6: Colours.Contrast(canvas, 1 + 0.9 * signed); break;
            case 7: Colours.Saturate(canvas, 1 + 0.9 * signed); break;
            case 8: Tones.Sharpen(canvas, 1 + 0.9 * signed); break;
            case 9: Tones.Posterize(canvas, 8 - (int)Math.Round(4 * strength)); break;
            case 10: Tones.Solarize(canvas, 1 - strength); break;
            case 11: Tones.Level(canvas); break;
            case 12: Tones.Equalize(canvas); break;
            default: break;
        }
    }
}
