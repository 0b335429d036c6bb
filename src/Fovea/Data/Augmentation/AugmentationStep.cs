using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>One random change of images. Immutable and used from many threads: all that changes is in the arguments.</summary>
public abstract record AugmentationStep
{
    /// <summary>How often it happens: a share of the samples, [0, 1].</summary>
    public double Probability
    {
        get;
        init => field = Guard.Share(value, "the probability of an augmentation");
    } = 1;

    /// <summary>Changes one image.</summary>
    /// <param name="rng">Every decision is drawn from it.</param>
    /// <param name="canvas">The image.</param>
    internal abstract void Apply(ref Rng rng, Canvas canvas);
}

/// <summary>One random change that mixes two samples, pixels and targets alike; it comes after all others.</summary>
public abstract record MixingStep
{
    /// <summary>How often it happens: a share of the pairs, [0, 1].</summary>
    public double Probability
    {
        get;
        init => field = Guard.Share(value, "the probability of an augmentation");
    } = 1;

    /// <summary>Mixes each sample with the other.</summary>
    /// <param name="rng">Every decision is drawn from it.</param>
    /// <param name="shape">(C, H, W) of both images.</param>
    /// <param name="first">An image.</param>
    /// <param name="second">The other image.</param>
    /// <returns>The share of itself that each sample keeps, [0, 1]; the targets are mixed by it.</returns>
    public abstract double Mix(ref Rng rng, Shape shape, Span<float> first, Span<float> second);
}
