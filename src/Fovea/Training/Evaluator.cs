using Fovea.Data;
using Fovea.Execution.Workers;
using Fovea.Metrics;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Training;

/// <summary>Called with what a network makes of one sample.</summary>
/// <param name="index">The sample's number in the data set.</param>
/// <param name="probabilities">(classes), valid during the call only.</param>
/// <param name="label">The true class.</param>
public delegate void SampleObserver(int index, ReadOnlySpan<float> probabilities, int label);

/// <summary>Measures how well a model classifies a data set, with its normalisation and its quantisation.</summary>
public sealed class Evaluator
{
    private readonly OneCaller _caller = new(
        "this evaluator is already running in another call; an evaluator serves one caller at a time: make one for each thread, they share the network's parameters");

    private readonly Predictor _predictor;
    private readonly BatchLoader _loader;
    private readonly float[] _images;
    private readonly int[] _labels;

    /// <summary>An evaluator that may run again and again while the network learns.</summary>
    /// <param name="model">What is measured.</param>
    /// <param name="dataset">Images of the network's input shape, and at most as many classes as it has outputs.</param>
    /// <param name="batchSize">Samples at once; fewer if their activations would take more than 2 GiB, or a quarter of memory.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="views">The copies of every image that are judged in its stead; the image alone if null.</param>
    /// <exception cref="ArgumentException">Network and data set do not match; the message says in what.</exception>
    public Evaluator(Model model, IDataset dataset, int batchSize = 256, int? threads = null, TestTimeViews? views = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Matching.Require(model.Network, dataset);
        batchSize = Predictor.FittingBatch(model, Math.Min(batchSize, dataset.Count), threads);
        _predictor = new Predictor(model, batchSize, threads, views);
        _loader = new BatchLoader(dataset, batchSize, model.Normalization);
        _images = new float[batchSize * dataset.ImageShape.Length];
        _labels = new int[batchSize];
    }

    /// <summary>Runs over the whole data set.</summary>
    /// <param name="progress">Called after every batch with the samples done so far.</param>
    /// <param name="observer">Called for every sample, in the data set's order.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another call runs.</exception>
    public ClassificationMetrics Evaluate(Action<int>? progress = null, SampleObserver? observer = null, CancellationToken cancellation = default)
    {
        using OneCaller.Stay stay = _caller.Enter();
        var metrics = new ClassificationMetrics(_predictor.Classes);
        int done = 0;
        for (int batch = 0; batch < _loader.BatchCount; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = _loader.Load(batch, _images, _labels);
            ReadOnlySpan<float> probabilities = _predictor.PredictNormalized(_images.AsSpan(0, count * _loader.Dataset.ImageShape.Length));
            for (int n = 0; n < count; n++)
            {
                ReadOnlySpan<float> row = probabilities.Slice(n * _predictor.Classes, _predictor.Classes);
                metrics.Add(row, _labels[n]);
                observer?.Invoke(done + n, row, _labels[n]);
            }
            done += count;
            progress?.Invoke(done);
        }
        return metrics;
    }
}
