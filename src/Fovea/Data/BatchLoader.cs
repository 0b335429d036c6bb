using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Deals a data set out in mini-batches of normalised images, in a new order every epoch. The order follows from
/// the seed and the epoch's number alone, so a run that is resumed sees what it would have seen. Loading allocates
/// nothing, and different batches may be loaded from different threads between two calls of <see cref="StartEpoch"/>.
/// </summary>
public sealed class BatchLoader
{
    private const ulong OrderSubstream = 0x4f52444552; // "ORDER"
    private readonly IDataset _root;
    private readonly int[] _samples;
    private readonly int[] _order;
    private readonly ulong? _seed;
    private readonly (float Scale, float Shift)[] _bytes;

    /// <summary>A loader that stands at epoch 0.</summary>
    /// <param name="dataset">Where the samples come from.</param>
    /// <param name="batchSize">N: samples a batch; the last batch holds what is left.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <param name="seed">Names the orders; the data set's own order is kept if null.</param>
    /// <exception cref="ArgumentException">The data set is empty, or the normalisation is for other channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is not positive.</exception>
    public BatchLoader(IDataset dataset, int batchSize, Normalization? normalization = null, ulong? seed = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (dataset.Count == 0)
            throw new ArgumentException($"{dataset.Name} has no samples", nameof(dataset));
        normalization ??= Normalization.Identity(dataset.ImageShape.Channels);
        if (normalization.Channels != dataset.ImageShape.Channels)
            throw new ArgumentException($"the normalisation is for {normalization.Channels} channels, the images of {dataset.Name} are {dataset.ImageShape}", nameof(normalization));
        Dataset = dataset;
        BatchSize = batchSize;
        Normalization = normalization;
        _seed = seed;
        _bytes = [.. Enumerable.Range(0, normalization.Channels).Select(c => normalization.ScaleAndShift(c, white: 255))];
        (_root, _samples) = Flatten(dataset);
        _order = (int[])_samples.Clone();
        StartEpoch(0);
    }

    /// <summary>Where the samples come from.</summary>
    public IDataset Dataset { get; }

    /// <summary>Samples a batch; the last batch may hold fewer.</summary>
    public int BatchSize { get; }

    /// <summary>What is done to every image.</summary>
    public Normalization Normalization { get; }

    /// <summary>The epoch that is being dealt out.</summary>
    public int Epoch { get; private set; }

    /// <summary>Batches an epoch, the last partial one included.</summary>
    public int BatchCount => (int)(((long)_order.Length + BatchSize - 1) / BatchSize);

    /// <summary>Puts the samples into the order of this epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public void StartEpoch(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        Epoch = epoch;
        if (_seed is not { } seed)
            return;
        _samples.CopyTo(_order, 0);
        new Rng(seed, (ulong)epoch, OrderSubstream).Shuffle<int>(_order);
    }

    /// <summary>Fills the buffers with a batch.</summary>
    /// <param name="batch">0 to <see cref="BatchCount"/> − 1.</param>
    /// <param name="images">(N, C, H, W), normalised; what lies behind a partial batch is left as it is.</param>
    /// <param name="labels">(N).</param>
    /// <returns>How many samples the batch has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    /// <exception cref="ArgumentException">A buffer is too short.</exception>
    public int Load(int batch, Span<float> images, Span<int> labels)
    {
        if ((uint)batch >= (uint)BatchCount)
            throw new ArgumentOutOfRangeException(nameof(batch), $"batch {batch} does not exist; there are {BatchCount}");
        int first = batch * BatchSize, count = Math.Min(BatchSize, _order.Length - first);
        if (labels.Length < count)
            throw new ArgumentException($"{count} labels need as many places, got {labels.Length}", nameof(labels));
        LoadRange(first, images, labels[..count]);
        return count;
    }

    /// <summary>Fills the buffers with consecutive samples of the epoch: as many as there are labels.</summary>
    /// <param name="first">The first sample's place in the epoch.</param>
    /// <param name="images">(N, C, H, W), normalised.</param>
    /// <param name="labels">(N).</param>
    /// <exception cref="ArgumentOutOfRangeException">The epoch ends before the last of these samples.</exception>
    /// <exception cref="ArgumentException"><paramref name="images"/> is too short.</exception>
    public void LoadRange(int first, Span<float> images, Span<int> labels)
    {
        if (first < 0 || first > _order.Length - labels.Length)
            throw new ArgumentOutOfRangeException(nameof(first), $"samples {first} to {(long)first + labels.Length - 1} asked for; the epoch has {_order.Length}");
        Shape shape = _root.ImageShape;
        int length = shape.Length;
        if (images.Length < (long)labels.Length * length)
            throw new ArgumentException($"{labels.Length} images of {shape} take {(long)labels.Length * length} floats, got {images.Length}", nameof(images));
        ReadOnlySpan<int> samples = _order.AsSpan(first, labels.Length);
        for (int n = 0; n < samples.Length; n++)
        {
            Span<float> image = images.Slice(n * length, length);
            labels[n] = _root.Label(samples[n]);
            if (_root is MemoryDataset memory)
            {
                Convert(memory.Pixels(samples[n]), image);
                continue;
            }
            _root.Read(samples[n], image);
            Normalization.Apply(image, shape);
        }
    }

    private void Convert(ReadOnlySpan<byte> pixels, Span<float> image)
    {
        int plane = image.Length / _bytes.Length;
        for (int c = 0; c < _bytes.Length; c++)
            PixelConversion.ToFloat(pixels.Slice(c * plane, plane), image.Slice(c * plane, plane), _bytes[c].Scale, _bytes[c].Shift);
    }

    /// <summary>Sees through subsets, so that a part of a data set in memory loads as fast as the whole.</summary>
    private static (IDataset Root, int[] Samples) Flatten(IDataset dataset)
    {
        int[] samples = [.. Enumerable.Range(0, dataset.Count)];
        for (; dataset is Subset subset; dataset = subset.Source)
            for (int i = 0; i < samples.Length; i++)
                samples[i] = subset.Indices[samples[i]];
        return (dataset, samples);
    }
}
