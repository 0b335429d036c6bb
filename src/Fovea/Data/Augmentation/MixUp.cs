using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// Blends two samples, images and targets alike, in a proportion drawn from the distribution Beta(α, α) (Zhang et al.,
/// 2018), the larger part being the sample's own.
/// </summary>
public sealed record MixUp : MixingStep
{
    /// <summary>Blends with this α, 0.01 to 100: small ones leave most samples nearly pure.</summary>
    public MixUp(double alpha) => Alpha = Guard.Between(alpha, 0.01, 100, "the alpha of mixup");

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public override double Mix(ref Rng rng, Shape shape, Span<float> first, Span<float> second)
    {
        // Shares below a half would only exchange the two samples, and with them what their labels mean.
        double share = BetaDistribution.Draw(ref rng, Alpha);
        // One float for images and targets, so that both say the same.
        float kept = (float)Math.Max(share, 1 - share);
        Blend(first, second, kept);
        return kept;
    }

    /// <summary>Both rows become kept · own + (1 − kept) · other.</summary>
    internal static void Blend(Span<float> first, Span<float> second, float kept)
    {
        const int Length = 256;
        Span<float> difference = stackalloc float[Length];
        for (int i = 0; i < first.Length; i += Length)
        {
            int count = Math.Min(Length, first.Length - i);
            Span<float> a = first.Slice(i, count), b = second.Slice(i, count), d = difference[..count];
            TensorPrimitives.Subtract(b, a, d);
            TensorPrimitives.Multiply(d, 1 - kept, d);
            TensorPrimitives.Add(a, d, a);
            TensorPrimitives.Subtract(b, d, b);
        }
    }
}
