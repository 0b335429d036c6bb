using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// The changes that training images go through, in their order, so that a network never sees the same image twice. What a
/// sample becomes depends on the seed, the epoch and the sample alone, never on threads or batches that were made before.
/// Immutable: one serves any number of threads.
/// </summary>
public sealed class Augmenter
{
    // Streams that nothing else draws from: the seed is mixed with these first.
    private const ulong SampleStream = 0x4155474d454e54; // "AUGMENT"
    private const ulong MixingStream = 0x4d495855; // "MIXU"

    // An array, whose enumeration allocates nothing.
    private readonly AugmentationStep[] _steps;

    /// <summary>Changes in this order; what mixes samples comes after all others.</summary>
    /// <param name="steps">Changes of single images.</param>
    /// <param name="mixing">Changes of pairs; where there are several, each pair gets one of them, all equally likely.</param>
    /// <param name="border">What appears where an image that is moved leaves a gap.</param>
    public Augmenter(IEnumerable<AugmentationStep> steps, IEnumerable<MixingStep>? mixing = null, Border border = Border.Black)
    {
        _steps = [.. steps];
        Mixing = [.. mixing ?? []];
        Border = border;
    }

    /// <summary>Changes of single images.</summary>
    public IReadOnlyList<AugmentationStep> Steps => _steps;

    /// <summary>Changes of pairs.</summary>
    public IReadOnlyList<MixingStep> Mixing { get; }

    /// <summary>What appears where an image that is moved leaves a gap.</summary>
    public Border Border { get; }

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => _steps.Length + Mixing.Count == 0;

    /// <summary>
    /// The augmentation that a text such as <c>flip,rotate:10,cutout:8</c> describes; <see cref="AugmentationText"/> says
    /// which there are.
    /// </summary>
    /// <exception cref="ArgumentException">The text describes none; the message says what would be right.</exception>
    public static Augmenter Parse(string text) => AugmentationText.Parse(text);

    /// <summary>Changes the canvas's image.</summary>
    /// <param name="canvas">The image.</param>
    /// <param name="seed">Names the augmentation as a whole.</param>
    /// <param name="epoch">How often the data were seen before.</param>
    /// <param name="sample">Names the sample: two that are to differ need two numbers.</param>
    internal void Apply(Canvas canvas, ulong seed, int epoch, ulong sample)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        var rng = new Rng(Rng.Mix(seed ^ SampleStream), (ulong)epoch, sample);
        foreach (AugmentationStep step in _steps)
            if (step.Probability >= 1 || rng.NextDouble() < step.Probability)
                step.Apply(ref rng, canvas);
    }

    /// <summary>
    /// Mixes the samples of a batch, the first with the last, the second with the last but one; if their number is odd, the
    /// one in the middle stays as it is. Batches come in random order, so that partners are random too.
    /// </summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="shape">(C, H, W).</param>
    /// <param name="targets">(N, classes): distributions over the classes.</param>
    /// <param name="seed">Names the augmentation as a whole.</param>
    /// <param name="epoch">How often the data were seen before.</param>
    /// <param name="first">The place in the epoch of the batch's first sample.</param>
    /// <exception cref="ArgumentException">The buffers are not of one number of samples.</exception>
    public void Mix(Span<float> images, Shape shape, Span<float> targets, ulong seed, int epoch, int first)
    {
        int length = shape.Length, count = images.Length / length;
        if (count == 0 || images.Length != count * length || targets.Length % count != 0)
            throw new ArgumentException($"images of {shape} and their targets do not fit {images.Length} and {targets.Length} floats");
        int classes = targets.Length / count;
        for (int i = 0; i < count / 2 && Mixing.Count > 0; i++)
        {
            var rng = new Rng(Rng.Mix(seed ^ MixingStream), (ulong)epoch, (ulong)(first + i));
            MixingStep step = Mixing[Mixing.Count == 1 ? 0 : rng.NextInt(Mixing.Count)];
            if (step.Probability < 1 && rng.NextDouble() >= step.Probability)
                continue;
            int other = count - 1 - i;
            double kept = step.Mix(ref rng, shape, images.Slice(i * length, length), images.Slice(other * length, length));
            MixUp.Blend(targets.Slice(i * classes, classes), targets.Slice(other * classes, classes), (float)kept);
        }
    }
}
