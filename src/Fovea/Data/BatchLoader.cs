using Fovea.Data.Augmentation;
using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>
/// Deals a data set out in mini-batches of normalised images, augmented if wanted, in a new order every epoch. Order and
/// augmentation follow from the seed and the epoch's number alone, so a run that is resumed sees what it would have seen.
/// Loading allocates nothing once every thread has loaded a batch, and different batches may be loaded from different
/// threads between two calls of <see cref="StartEpoch"/>.
/// </summary>
public sealed class BatchLoader
{
    private const ulong OrderSubstream = 0x4f52444552; // "ORDER"
    private readonly IDataset _root;
    private readonly int[] _samples;
    private readonly int[] _order;
    private readonly ulong? _seed;
    private readonly bool _isIdentity;
    private readonly (float Scale, float Shift)[] _bytes;
    private readonly int[][]? _members;
    private readonly Stack<Canvas> _canvases = new();

    /// <summary>A loader that stands at epoch 0.</summary>
    /// <param name="dataset">Where the samples come from.</param>
    /// <param name="batchSize">N: samples a batch; the last batch holds what is left.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <param name="seed">Names the orders and the augmentation; the data set's own order is kept if null.</param>
    /// <param name="augmenter">What is done to every image before it is normalised; nothing if null.</param>
    /// <param name="balanced">
    /// Whether an epoch holds all classes equally often, as many samples as before in all: those of rare classes come
    /// several times, those of common ones take turns from epoch to epoch.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The data set is empty, the normalisation is for other channels, or balanced classes or an augmentation have no seed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is not positive.</exception>
    public BatchLoader(IDataset dataset, int batchSize, Normalization? normalization = null, ulong? seed = null, Augmenter? augmenter = null, bool balanced = false)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (dataset.Count == 0)
            throw new ArgumentException($"{dataset.Name} has no samples", nameof(dataset));
        // Whatever is not made of maps has one mean and one deviation.
        int channels = dataset.ImageShape.IsMaps ? dataset.ImageShape.Channels : 1;
        normalization ??= Normalization.Identity(channels);
        if (normalization.Channels != channels)
            throw new ArgumentException($"the normalisation is for {normalization.Channels} channels, the images of {dataset.Name} are {dataset.ImageShape}", nameof(normalization));
        if (seed is null && (balanced || augmenter is { IsIdentity: false }))
            throw new ArgumentException("balanced classes and augmentation are random and need a seed", nameof(seed));
        Dataset = dataset;
        Augmenter = augmenter is { IsIdentity: false } ? augmenter : null;
        BatchSize = batchSize;
        Normalization = normalization;
        _isIdentity = normalization.IsIdentity;
        _seed = seed;
        _bytes = [.. Enumerable.Range(0, normalization.Channels).Select(c => normalization.ScaleAndShift(c, white: 255))];
        (_root, _samples) = Flatten(dataset);
        _order = (int[])_samples.Clone();
        if (balanced)
            _members = [.. _samples.GroupBy(_root.Label).OrderBy(group => group.Key).Select(group => group.ToArray())];
        StartEpoch(0);
    }

    /// <summary>Where the samples come from.</summary>
    public IDataset Dataset { get; }

    /// <summary>Samples a batch; the last batch may hold fewer.</summary>
    public int BatchSize { get; }

    /// <summary>What is done to every image.</summary>
    public Normalization Normalization { get; }

    /// <summary>What is done to every image before it is normalised; null for nothing.</summary>
    public Augmenter? Augmenter { get; }

    /// <summary>Whether all samples lie in memory, so that loading them costs next to nothing.</summary>
    internal bool IsInMemory => _root is MemoryDataset or FeatureDataset;

    /// <summary>The epoch that is being dealt out.</summary>
    public int Epoch { get; private set; }

    /// <summary>Samples an epoch.</summary>
    internal int SampleCount => _order.Length;

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
        if (_members is not null)
            BalancedOrder.Fill(_members, seed, epoch, _order);
        new Rng(seed, (ulong)epoch, OrderSubstream).Shuffle<int>(_order);
    }

    /// <summary>Fills the buffers with a batch.</summary>
    /// <param name="batch">0 to <see cref="BatchCount"/> − 1.</param>
    /// <param name="images">(N, C, H, W), normalised; what lies behind a partial batch is left as it is.</param>
    /// <param name="labels">(N).</param>
    /// <returns>How many samples the batch has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    /// <exception cref="ArgumentException">A buffer is too short.</exception>
    /// <exception cref="InvalidOperationException">The augmentation mixes samples, which labels cannot express.</exception>
    public int Load(int batch, Span<float> images, Span<int> labels)
    {
        if (Augmenter is { Mixing.Count: > 0 })
            throw new InvalidOperationException("an augmentation that mixes samples gives distributions over the classes: ask for targets, not for labels alone");
        return LoadUnmixed(batch, images, labels);
    }

    /// <summary>Fills the buffers with a batch and the targets that a network is to learn, mixed as the images are.</summary>
    /// <param name="batch">0 to <see cref="BatchCount"/> − 1.</param>
    /// <param name="images">(N, C, H, W), normalised; what lies behind a partial batch is left as it is.</param>
    /// <param name="labels">(N): the class of each sample before it was mixed.</param>
    /// <param name="targets">(N, classes): one-hot, or what mixing makes of it; what lies behind a partial batch becomes 0.</param>
    /// <param name="classes">The length of a row of the targets.</param>
    /// <returns>How many samples the batch has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such batch.</exception>
    /// <exception cref="ArgumentException">A buffer is too short, or there are fewer classes than the data set has.</exception>
    public int Load(int batch, Span<float> images, Span<int> labels, Span<float> targets, int classes)
    {
        if (classes < Dataset.ClassNames.Count)
            throw new ArgumentException($"{Dataset.Name} has {Dataset.ClassNames.Count} classes, the targets {classes}", nameof(classes));
        int count = LoadUnmixed(batch, images, labels);
        if (targets.Length < count * classes)
            throw new ArgumentException($"{count} targets of {classes} classes need {count * classes} floats, got {targets.Length}", nameof(targets));
        targets.Clear();
        for (int n = 0; n < count; n++)
            targets[n * classes + labels[n]] = 1;
        if (_seed is { } seed)
            Augmenter?.Mix(images[..(count * _root.ImageShape.Length)], _root.ImageShape, targets[..(count * classes)], seed, Epoch, batch * BatchSize);
        return count;
    }

    private int LoadUnmixed(int batch, Span<float> images, Span<int> labels)
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
        Shape shape = _root.ImageShape.IsMaps ? _root.ImageShape : new Shape(1, 1, _root.ImageShape.Length);
        int length = shape.Length;
        if (images.Length < (long)labels.Length * length)
            throw new ArgumentException($"{labels.Length} images of {shape} take {(long)labels.Length * length} floats, got {images.Length}", nameof(images));
        ReadOnlySpan<int> samples = _order.AsSpan(first, labels.Length);
        Canvas? canvas = Augmenter is null ? null : TakeCanvas(Augmenter);
        for (int n = 0; n < samples.Length; n++)
        {
            Span<float> image = images.Slice(n * length, length);
            labels[n] = _root.Label(samples[n]);
            if (canvas is not null)
            {
                // A sample that comes twice an epoch is changed in two ways.
                ulong name = (uint)samples[n] | (ulong)(first + n) << 32;
                _root.Read(samples[n], canvas.Start());
                Augmenter!.Apply(canvas, _seed!.Value, Epoch, name);
                canvas.Pixels.CopyTo(image);
                Normalization.Apply(image, shape);
                continue;
            }
            if (_root is MemoryDataset memory)
            {
                Convert(memory.Pixels(samples[n]), image);
                continue;
            }
            _root.Read(samples[n], image);
            if (!_isIdentity)
                Normalization.Apply(image, shape.IsMaps ? shape : new Shape(1, 1, length));
        }
        if (canvas is not null)
            lock (_canvases)
                _canvases.Push(canvas);
    }

    /// <summary>As many canvases are made as threads load at once.</summary>
    private Canvas TakeCanvas(Augmenter augmenter)
    {
        lock (_canvases)
            if (_canvases.TryPop(out Canvas? canvas))
                return canvas;
        return new Canvas(_root.ImageShape, augmenter.Border, Normalization.Mean);
    }

    private void Convert(ReadOnlySpan<byte> pixels, Span<float> image)
    {
        int plane = image.Length / _bytes.Length;
        for (int c = 0; c < _bytes.Length; c++)
            PixelConversion.ToFloat(pixels.Slice(c * plane, plane), image.Slice(c * plane, plane), _bytes[c].Scale, _bytes[c].Shift);
    }

    /// <summary>Sees through subsets, so that a part of a data set in memory loads as fast as the whole.</summary>
    internal static (IDataset Root, int[] Samples) Flatten(IDataset dataset)
    {
        int[] samples = [.. Enumerable.Range(0, dataset.Count)];
        for (; dataset is Subset subset; dataset = subset.Source)
            for (int i = 0; i < samples.Length; i++)
                samples[i] = subset.Indices[samples[i]];
        return (dataset, samples);
    }
}
