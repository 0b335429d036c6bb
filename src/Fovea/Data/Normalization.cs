using System.Collections.Immutable;
using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Moves each channel to mean 0 and deviation 1: <c>(x − mean) / deviation</c>, x being a pixel in [0, 1]. It belongs
/// to a model as much as its weights do: what was trained on normalised images must see such images ever after.
/// </summary>
public sealed record Normalization
{
    /// <summary>A normalisation by these values, one a channel.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, a mean is not finite, or a deviation not positive and finite.</exception>
    public Normalization(IEnumerable<double> mean, IEnumerable<double> deviation)
    {
        Mean = [.. mean];
        Deviation = [.. deviation];
        if (Mean.Length == 0 || Mean.Length != Deviation.Length)
            throw new ArgumentException($"a mean and a deviation a channel are needed, got {Mean.Length} and {Deviation.Length}");
        if (Mean.Any(m => !double.IsFinite(m)))
            throw new ArgumentException("every mean must be finite", nameof(mean));
        if (Deviation.Any(d => !(d > 0) || !double.IsFinite(d)))
            throw new ArgumentException("every deviation must be positive and finite", nameof(deviation));
    }

    /// <summary>The mean of each channel.</summary>
    public ImmutableArray<double> Mean { get; }

    /// <summary>The standard deviation of each channel.</summary>
    public ImmutableArray<double> Deviation { get; }

    /// <summary>How many channels there are.</summary>
    public int Channels => Mean.Length;

    /// <summary>Whether nothing changes: every mean 0 and every deviation 1.</summary>
    public bool IsIdentity => Mean.All(m => m == 0) && Deviation.All(d => d == 1);

    /// <summary>The normalisation that leaves everything as it is.</summary>
    public static Normalization Identity(int channels) => new(Enumerable.Repeat(0.0, channels), Enumerable.Repeat(1.0, channels));

    /// <summary>
    /// The mean and (population) deviation of each channel over all pixels of a data set. Sums are of doubles in a
    /// fixed order. A channel without any variation gets deviation 1.
    /// </summary>
    /// <exception cref="ArgumentException">The data set is empty.</exception>
    public static Normalization Of(IDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Count == 0)
            throw new ArgumentException($"{dataset.Name} has no samples to take a mean of", nameof(dataset));
        Shape shape = dataset.ImageShape;
        int channels = shape.Channels, plane = shape.Height * shape.Width;
        var sums = new double[2 * channels * dataset.Count];
        Parallel.For(0, dataset.Count, () => new float[shape.Length], (index, _, pixels) =>
        {
            dataset.Read(index, pixels);
            for (int c = 0; c < channels; c++)
            {
                double sum = 0, squares = 0;
                foreach (float x in pixels.AsSpan(c * plane, plane))
                {
                    sum += x;
                    squares += (double)x * x;
                }
                sums[2 * (index * channels + c)] = sum;
                sums[2 * (index * channels + c) + 1] = squares;
            }
            return pixels;
        }, _ => { });

        var mean = new double[channels];
        var deviation = new double[channels];
        double count = (double)dataset.Count * plane;
        for (int c = 0; c < channels; c++)
        {
            double sum = 0, squares = 0;
            for (int index = 0; index < dataset.Count; index++)
            {
                sum += sums[2 * (index * channels + c)];
                squares += sums[2 * (index * channels + c) + 1];
            }
            mean[c] = sum / count;
            double variance = squares / count - mean[c] * mean[c];
            // Below this it is rounding: pixels come in steps of 1/255, and one that differs in a million counts more.
            deviation[c] = variance > 1e-12 ? Math.Sqrt(variance) : 1;
        }
        return new Normalization(mean, deviation);
    }

    /// <summary>Normalises an image in place.</summary>
    /// <param name="image">Pixels in [0, 1], (C, H, W).</param>
    /// <param name="shape">The image's shape, (C, H, W).</param>
    /// <exception cref="ArgumentException">The shape has other channels, or the span another length.</exception>
    public void Apply(Span<float> image, Shape shape)
    {
        if (shape.Channels != Channels)
            throw new ArgumentException($"this normalisation is for {Channels} channels, the image is {shape}", nameof(shape));
        if (image.Length != shape.Length)
            throw new ArgumentException($"an image of {shape} takes {shape.Length} floats, got {image.Length}", nameof(image));
        int plane = shape.Length / Channels;
        for (int c = 0; c < Channels; c++)
        {
            Span<float> pixels = image.Slice(c * plane, plane);
            (float scale, float shift) = ScaleAndShift(c);
            TensorPrimitives.Multiply(pixels, scale, pixels);
            TensorPrimitives.Add(pixels, shift, pixels);
        }
    }

    /// <summary>The same as one multiplication and one addition: x·scale + shift.</summary>
    /// <param name="channel">Which channel.</param>
    /// <param name="white">The value of a white pixel: 1, or 255 for bytes.</param>
    internal (float Scale, float Shift) ScaleAndShift(int channel, double white = 1) =>
        ((float)(1 / (white * Deviation[channel])), (float)(-Mean[channel] / Deviation[channel]));

    /// <summary>Whether all values are equal.</summary>
    public bool Equals(Normalization? other) =>
        other is not null && Mean.SequenceEqual(other.Mean) && Deviation.SequenceEqual(other.Deviation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Channels, Mean[0], Deviation[0]);
}
