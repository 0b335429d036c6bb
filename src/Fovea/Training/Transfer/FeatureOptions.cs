using Fovea.Data.Augmentation;

namespace Fovea.Training.Transfer;

/// <summary>How features of images are computed and kept.</summary>
public sealed record FeatureOptions
{
    /// <summary>The vectors of every training image: the first of the image as it is, the others of augmented copies.</summary>
    public int Variants { get; init; } = 1;

    /// <summary>What makes the copies; needed for more than one variant.</summary>
    public Augmenter? Augmenter { get; init; }

    /// <summary>Names the augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most threads to use. The features are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The bytes that the features may take: 32-bit numbers as far as they fit, else 16-bit numbers. A quarter of memory
    /// unless given.
    /// </summary>
    public long? MaxBytes { get; init; }

    internal FeatureOptions Check()
    {
        if (Variants < 1)
            throw new ArgumentException($"variants must be 1 or more, got {Variants}");
        if (Variants > 1 && Augmenter is null or { IsIdentity: true })
            throw new ArgumentException($"{Variants} variants of every image need an augmentation that makes them");
        if (Augmenter is { Mixing.Count: > 0 })
            throw new ArgumentException("an augmentation that mixes samples leaves no features of one image to keep; leave out mixup and cutmix");
        if (Threads < 1)
            throw new ArgumentException($"threads must be positive, got {Threads}");
        return this;
    }
}
