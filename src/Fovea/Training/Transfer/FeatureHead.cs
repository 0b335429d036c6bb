using Fovea.Data;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Training.Transfer;

/// <summary>
/// A classifier on the features of a frozen backbone. It learns from features that were computed once, each brought to
/// mean 0 and deviation 1 over the training samples; what was learnt is then joined with the backbone to one network, the
/// means and deviations folded into the head's weights.
/// </summary>
public sealed class FeatureHead
{
    private const double Dropout = 0.2;

    /// <summary>A feature that hardly varies is not blown up: this share of the mean variance is added to all.</summary>
    private const double VarianceShare = 0.01;

    private readonly NetworkCut _cut;
    private readonly FeatureCache _cache;
    private readonly float[] _mean;
    private readonly float[] _deviation;

    /// <summary>Computes the features of the training samples, as far as the cache has not got them, and their means and deviations.</summary>
    /// <param name="cut">The backbone.</param>
    /// <param name="cache">Its features.</param>
    /// <param name="training">Images to learn from, of the backbone's input shape.</param>
    /// <param name="progress">Called with the vectors that are done and those to be computed.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <exception cref="ArgumentException">The images are of another shape, or their features are no numbers or take too much memory.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FeatureHead(NetworkCut cut, FeatureCache cache, IDataset training, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(cut);
        ArgumentNullException.ThrowIfNull(cache);
        (_cut, _cache) = (cut, cache);
        IDataset features = cache.Of(training, variants: true, progress, cancellation);
        (_mean, _deviation) = Moments(features);
        Training = Standardized(features);
    }

    /// <summary>The training samples' features, every image in all its variants.</summary>
    public IDataset Training { get; }

    /// <summary>The features of other images.</summary>
    /// <inheritdoc cref="FeatureCache.Of"/>
    public IDataset Of(IDataset images, Action<int, int>? progress = null, CancellationToken cancellation = default) =>
        Standardized(_cache.Of(images, variants: false, progress, cancellation));

    /// <summary>A head that has learnt nothing yet: dropout, a linear layer, softmax over the training samples' classes.</summary>
    /// <param name="seed">Same seed, same values.</param>
    public Network Create(ulong seed)
    {
        var builder = new NetworkBuilder(new Shape(_cut.Features));
        Append(builder);
        return builder.Build(seed, _cut.Backbone.Name);
    }

    /// <summary>Backbone and head as one network of images; both stay as they are.</summary>
    /// <param name="head">What <see cref="Create"/> made, trained.</param>
    /// <exception cref="ArgumentException">It is another network.</exception>
    public Network Join(Network head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (head.Parameters is not [{ Value: var weight }, { Value: var bias }] || weight.Length != Training.ClassNames.Count * _cut.Features || bias.Length != Training.ClassNames.Count)
            throw new ArgumentException($"a head of {_cut.Features} features and {Training.ClassNames.Count} classes is joined, got network '{head.Name}' of {head.InputShape} and {head.OutputShape}", nameof(head));
        Network backbone = _cut.Backbone;
        var builder = new NetworkBuilder(backbone.InputShape);
        foreach (Node node in backbone.Nodes)
            builder.Add(node.Layer, node.Name, [.. node.Inputs.Select(input => input < 0 ? NetworkBuilder.Input : backbone.Nodes[input].Name)]);
        Append(builder);
        Network whole = builder.BuildBlank(backbone.Name);
        for (int p = 0; p < backbone.Parameters.Count; p++)
            backbone.Parameters[p].Value.Values.CopyTo(whole.Parameters[p].Value.Span);
        Fold(weight.Values, bias.Values, whole.Parameters[^2].Value.Span, whole.Parameters[^1].Value.Span);
        return whole;
    }

    private void Append(NetworkBuilder builder)
    {
        HashSet<string> taken = [.. _cut.Backbone.Nodes.Select(node => node.Name)];
        builder
            .Add(new Dropout(Dropout), Free("head.dropout"))
            .Add(new Linear(_cut.Features, Training.ClassNames.Count), Free("head.fc"))
            .Add(new Softmax(), Free("head.softmax"));

        string Free(string name) => taken.Contains(name) ? Free(name + "_new") : name;
    }

    /// <summary>W · (x − mean) / deviation + b as a linear layer of x.</summary>
    private void Fold(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, Span<float> wholeWeight, Span<float> wholeBias)
    {
        for (int c = 0; c < bias.Length; c++)
        {
            double sum = bias[c];
            for (int f = 0; f < _mean.Length; f++)
            {
                double scaled = weight[c * _mean.Length + f] / (double)_deviation[f];
                wholeWeight[c * _mean.Length + f] = (float)scaled;
                sum -= scaled * _mean[f];
            }
            wholeBias[c] = (float)sum;
        }
    }

    private FeatureDataset Standardized(IDataset features) => new(features, _mean.Length, 1, (index, values) =>
    {
        features.Read(index, values);
        for (int f = 0; f < values.Length; f++)
            values[f] = (values[f] - _mean[f]) / _deviation[f];
    });

    private static (float[] Mean, float[] Deviation) Moments(IDataset features)
    {
        int length = features.ImageShape.Length;
        var values = new float[length];
        double[] sum = new double[length], squares = new double[length];
        for (int n = 0; n < features.Count; n++)
        {
            features.Read(n, values);
            for (int f = 0; f < length; f++)
            {
                sum[f] += values[f];
                squares[f] += (double)values[f] * values[f];
            }
        }
        double[] variance = [.. sum.Select((total, f) => Math.Max(0, squares[f] / features.Count - total / features.Count * (total / features.Count)))];
        // Features that are all alike tell nothing; they only must not divide by zero.
        double floor = Math.Max(VarianceShare * variance.Average(), 1e-12);
        return ([.. sum.Select(total => (float)(total / features.Count))], [.. variance.Select(value => (float)Math.Sqrt(value + floor))]);
    }
}
