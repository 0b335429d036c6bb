using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Fovea.Data;
using Fovea.Data.Augmentation;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Training.Transfer;

/// <summary>
/// The features that a backbone makes of images, each computed once: a run over several folds, or a head over many epochs,
/// finds them here. What they are depends on backbone, image and variant alone, never on threads or on what was asked for
/// before.
/// </summary>
public sealed class FeatureCache
{
    /// <summary>Samples at once: more of them hardly help, and their maps leave the processor's caches.</summary>
    private const int BatchSize = 16;

    private const double ShareOfMemory = 0.25;

    private readonly Network _backbone;
    private readonly Normalization _normalization;
    private readonly FeatureOptions _options;
    private readonly Plan _plan;
    private readonly float[] _batch;
    private readonly long _maxBytes;
    private readonly ConditionalWeakTable<IDataset, Store> _stores = [];
    private readonly Canvas?[] _canvases;
    private long _bytes;

    /// <summary>A cache that is empty yet.</summary>
    /// <param name="backbone">Makes the features: its output is a vector. Its parameters must not change any more.</param>
    /// <param name="normalization">What is done to every image before; nothing if null.</param>
    /// <param name="options">Variants, threads and the limit of memory.</param>
    /// <exception cref="ArgumentException">The backbone does not make a vector, or an option is out of range.</exception>
    public FeatureCache(Network backbone, Normalization? normalization = null, FeatureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        if (backbone.OutputShape.Rank != 1)
            throw new ArgumentException($"features are a vector, network '{backbone.Name}' gives {backbone.OutputShape}; see {nameof(NetworkCutting.Cut)}", nameof(backbone));
        _backbone = backbone;
        _options = (options ?? new FeatureOptions()).Check();
        _normalization = normalization ?? Normalization.Identity(backbone.InputShape.Channels);
        _maxBytes = _options.MaxBytes ?? (long)(ShareOfMemory * PlanBytes.Available);
        var plan = new PlanOptions { Batch = BatchSize, Threads = _options.Threads };
        plan = plan with { Batch = PlanBytes.Fit(backbone, plan) };
        _plan = backbone.Compile(plan);
        _batch = new float[plan.Batch * backbone.InputShape.Length];
        _canvases = new Canvas?[plan.Batch];
    }

    /// <summary>How many numbers a vector of features has.</summary>
    public int Features => _backbone.OutputShape.Length;

    /// <summary>Whether another backbone and its preparation make the very same features as this one's.</summary>
    internal bool IsOf(Network backbone, Normalization normalization, FeatureOptions options) =>
        normalization == _normalization && options == _options && backbone.Parameters.Count == _backbone.Parameters.Count
        && backbone.Nodes.Count == _backbone.Nodes.Count && backbone.InputShape == _backbone.InputShape
        && backbone.Nodes.Zip(_backbone.Nodes).All(pair => pair.First.Layer.Equals(pair.Second.Layer) && pair.First.Inputs.SequenceEqual(pair.Second.Inputs))
        && backbone.Parameters.Zip(_backbone.Parameters).All(pair => pair.First.Value.Values.SequenceEqual(pair.Second.Value.Values));

    /// <summary>The features of images, computed as far as they are not here yet.</summary>
    /// <param name="images">Images of the backbone's input shape.</param>
    /// <param name="variants">Whether every image comes in all its variants, as for training; the image as it is otherwise.</param>
    /// <param name="progress">Called after every batch with the vectors that are done and those to be computed.</param>
    /// <param name="cancellation">Ends it with an exception; what is done stays.</param>
    /// <returns>A data set of vectors with the images' labels; a sample's variants follow each other.</returns>
    /// <exception cref="ArgumentException">The images are of another shape, their features take more memory than allowed, or some are no numbers.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IDataset Of(IDataset images, bool variants = false, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.ImageShape != _backbone.InputShape)
            throw new ArgumentException($"network '{_backbone.Name}' takes images of {_backbone.InputShape}, data set '{images.Name}' has {images.ImageShape}", nameof(images));
        (IDataset root, int[] samples) = BatchLoader.Flatten(images);
        Store store = _stores.GetValue(root, key => new Store(key.Count * _options.Variants));
        int count = variants ? _options.Variants : 1;
        Compute(root, store, [.. samples.SelectMany(sample => Enumerable.Range(sample * _options.Variants, count)).Distinct().Where(number => !store.Has(number))], progress, cancellation);
        return new FeatureDataset(images, Features, count, (index, values) => store.Read(samples[index / count] * _options.Variants + index % count, values));
    }

    private void Compute(IDataset root, Store store, int[] missing, Action<int, int>? progress, CancellationToken cancellation)
    {
        if (missing.Length == 0)
            return;
        bool halves = Reserve(missing.Length);
        int length = root.ImageShape.Length, batch = _plan.Options.Batch;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads };
        for (int first = 0; first < missing.Length; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = first, count = Math.Min(batch, missing.Length - first);
            Parallel.For(0, count, parallel, n => Load(root, missing[start + n], n));
            ReadOnlySpan<float> features = _plan.Forward(_batch.AsSpan(0, count * length));
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude(features)))
                throw new ArgumentException($"network '{_backbone.Name}' makes features of '{root.Name}' that are no numbers; its values may not be the ones that it was trained with, or its input wants another preparation");
            for (int n = 0; n < count; n++)
                store.Write(missing[first + n], features.Slice(n * Features, Features), halves);
            progress?.Invoke(first + count, missing.Length);
        }
    }

    /// <summary>One image as the backbone takes it, at its place in the batch.</summary>
    private void Load(IDataset root, int number, int place)
    {
        int sample = number / _options.Variants, variant = number % _options.Variants;
        Shape shape = root.ImageShape;
        Span<float> image = _batch.AsSpan(place * shape.Length, shape.Length);
        if (variant == 0)
        {
            root.Read(sample, image);
        }
        else
        {
            Canvas canvas = _canvases[place] ??= new Canvas(shape, _options.Augmenter!.Border, _normalization.Mean);
            root.Read(sample, canvas.Start());
            _options.Augmenter!.Apply(canvas, _options.Seed, variant, (ulong)sample);
            canvas.Pixels.CopyTo(image);
        }
        if (!_normalization.IsIdentity)
            _normalization.Apply(image, shape);
    }

    /// <summary>Takes the memory of so many vectors; true if there is room for 16-bit numbers only.</summary>
    /// <exception cref="ArgumentException">There is no room at all.</exception>
    private bool Reserve(int vectors)
    {
        long numbers = (long)vectors * Features;
        bool halves = _bytes + numbers * sizeof(float) > _maxBytes;
        long bytes = numbers * (halves ? sizeof(ushort) : sizeof(float));
        if (_bytes + bytes > _maxBytes)
            throw new ArgumentException($"{vectors} vectors of {Features} features take {_bytes + bytes} bytes, and {_maxBytes} are allowed: ask for fewer variants, or cut the network behind a global pooling");
        _bytes += bytes;
        return halves;
    }

    /// <summary>The vectors of one data set, by their numbers.</summary>
    private sealed class Store(int count)
    {
        private readonly Array?[] _vectors = new Array?[count];

        public bool Has(int number) => _vectors[number] is not null;

        public void Write(int number, ReadOnlySpan<float> features, bool halves)
        {
            if (!halves)
            {
                _vectors[number] = features.ToArray();
                return;
            }
            var vector = new Half[features.Length];
            TensorPrimitives.ConvertToHalf(features, vector);
            _vectors[number] = vector;
        }

        public void Read(int number, Span<float> values)
        {
            if (_vectors[number] is Half[] halves)
                TensorPrimitives.ConvertToSingle(halves, values);
            else
                ((float[])_vectors[number]!).CopyTo(values);
        }
    }
}
