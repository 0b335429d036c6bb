using System.Globalization;
using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Execution;
using Fovea.Execution.Blocked;
using Fovea.Execution.Blocked.Int8;
using Fovea.Execution.Graph;
using Fovea.Networks;

namespace Fovea.Quantization;

/// <summary>A network with batch normalisation folded in, and how it runs in int8.</summary>
public sealed record QuantizedNetwork(Network Network, QuantizationScheme Scheme);

/// <summary>
/// Quantises a trained network without training it further: each output's weights are divided by a step of their own and
/// rounded, and what the bytes of each activation mean is found by watching the network at work on samples.
/// </summary>
public sealed class Quantizer
{
    private const int WeightCandidates = 16;
    private const double MinWeightShare = 0.7;
    private const int BatchSize = 8;

    private readonly QuantizerOptions _options;
    private readonly int _batch;
    private readonly Plan _plan;
    private readonly Dictionary<string, ActivationHistogram> _histograms;

    /// <summary>Starts watching a network.</summary>
    /// <param name="network">A trained network; it is not changed.</param>
    /// <param name="options">How to quantise.</param>
    /// <param name="batch">The most samples in one call of <see cref="Observe"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Weights are to have other than 7 or 8 bits.</exception>
    /// <exception cref="ArgumentException">The network has no layer that can run in int8.</exception>
    public Quantizer(Network network, QuantizerOptions? options = null, int batch = BatchSize)
    {
        _options = options ?? new QuantizerOptions();
        if (_options.WeightBits is not (7 or 8))
            throw new ArgumentOutOfRangeException(nameof(options), $"weights have 7 or 8 bits, got {_options.WeightBits}");
        Network folded = BatchNormFolding.Fold(network);
        if (!folded.Nodes.Any(node => QuantizedConvolutionOperator.Suits(node.Layer, node.OutputShape)))
            throw new ArgumentException($"network '{network.Name}' has no convolution or linear layer that could run in int8", nameof(network));
        _batch = batch;
        var plan = new PlanOptions { Batch = batch, Threads = _options.Threads };
        ExecutionGraph graph = SchemeCheck.Partition(folded);
        // Inside of what runs in floats nothing is ever bytes; earlier versions ask for its ranges.
        HashSet<int> values = [ExecutionGraph.Input, .. graph.Groups.SelectMany(group => BlockedOperatorTable.Find(graph, group) is null ? group.Nodes : [group.Last])];
        string[] read = [NetworkBuilder.Input, .. folded.Nodes.Where((_, i) => values.Contains(graph.ValueOf(i))).Select(node => node.Name)];
        _histograms = read.ToDictionary(name => name, _ => new ActivationHistogram());
        plan = plan with { KeepActivations = [.. read] };
        _plan = folded.Compile(plan with { Batch = PlanBytes.Fit(folded, plan) });
    }

    /// <summary>Runs the network and counts its activations.</summary>
    /// <param name="images">(count, C, H, W), normalised.</param>
    /// <exception cref="ArgumentException">Not a whole number of images, more than the batch, or an activation is not finite.</exception>
    public void Observe(ReadOnlySpan<float> images)
    {
        int length = _plan.InputShape.Length, part = _plan.Options.Batch * length;
        if (images.IsEmpty || images.Length % length != 0 || images.Length > _batch * (long)length)
            throw new ArgumentException($"1 to {_batch} images of {_plan.InputShape} are multiples of {length} floats, got {images.Length}", nameof(images));
        for (int first = 0; first < images.Length; first += part)
        {
            _plan.Forward(images[first..Math.Min(images.Length, first + part)]);
            foreach ((string name, ActivationHistogram histogram) in _histograms)
                histogram.Add(_plan.ReadActivation(name).Values);
        }
    }

    /// <summary>Quantises the network by what was seen.</summary>
    public QuantizedNetwork Finish()
    {
        int most = (1 << (_options.WeightBits - 1)) - 1;
        var scheme = new QuantizationScheme(
            _histograms.ToDictionary(pair => pair.Key, pair => pair.Value.Choose(_options.Clipping)),
            _plan.Network.Nodes.Where(node => QuantizedConvolutionOperator.Suits(node.Layer, node.OutputShape)).ToDictionary(node => node.Name, node => Steps(node, most)))
        {
            Method = _options.Clipping switch
            {
                ClippingMethod.MeanSquaredError => "least squared error",
                ClippingMethod.Percentile => "99.99 % inside",
                _ => "largest value",
            },
            MaxWeight = most,
        };
        foreach (string name in scheme.WeightScales.Keys)
            Round(_plan.Network[name], scheme);
        return new QuantizedNetwork(_plan.Network, scheme);
    }

    /// <summary>Quantises a network by samples spread over a data set.</summary>
    /// <param name="network">A trained network; it is not changed.</param>
    /// <param name="dataset">Images of the network's input shape; labels do not matter.</param>
    /// <param name="normalization">What is done to every image.</param>
    /// <param name="samples">How many images to look at.</param>
    /// <param name="options">How to quantise.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <exception cref="ArgumentException">Network and data set do not match, or the network cannot be quantised.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static QuantizedNetwork Quantize(
        Network network, IDataset dataset, Normalization? normalization = null, int samples = 200, QuantizerOptions? options = null, CancellationToken cancellation = default)
    {
        Matching.Require(network, dataset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        int count = Math.Min(samples, dataset.Count), length = dataset.ImageShape.Length;
        var loader = new BatchLoader(new Subset(dataset, Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count))), BatchSize, normalization);
        var quantizer = new Quantizer(network, options);
        var images = new float[BatchSize * length];
        var labels = new int[BatchSize];
        for (int batch = 0; batch < loader.BatchCount; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            quantizer.Observe(images.AsSpan(0, loader.Load(batch, images, labels) * length));
        }
        QuantizedNetwork quantized = quantizer.Finish();
        return quantized with
        {
            Scheme = quantized.Scheme with { Method = string.Create(CultureInfo.InvariantCulture, $"{quantized.Scheme.Method}, {count} samples of {dataset.Name}") },
        };
    }

    /// <summary>Every output's step: the one with the least squared error of rounding and cutting its weights.</summary>
    private static float[] Steps(Node node, int most)
    {
        ReadOnlySpan<float> weights = node.Parameters[0].Value.Values;
        float[] steps = new float[node.Parameters[0].Spec.Shape[0]];
        int row = weights.Length / steps.Length;
        for (int o = 0; o < steps.Length; o++)
            steps[o] = Step(weights.Slice(o * row, row), most);
        return steps;
    }

    private static float Step(ReadOnlySpan<float> weights, int most)
    {
        float largest = Math.Abs(TensorPrimitives.MaxMagnitude(weights));
        if (!float.IsFinite(largest))
            throw new ArgumentException("a weight is not finite; a network with NaN or infinity cannot be quantised");
        if (largest < 1e-30f)
            return 1;
        float best = 0;
        double least = double.PositiveInfinity;
        for (int i = 0; i <= WeightCandidates; i++)
        {
            float step = (float)(largest / most * (1 - i * (1 - MinWeightShare) / WeightCandidates));
            float inverse = 1 / step;
            double error = 0;
            foreach (float weight in weights)
            {
                float off = weight - step * Math.Clamp(MathF.Round(weight * inverse), -most, most);
                error += off * off;
            }
            if (error < least)
                (least, best) = (error, step);
        }
        return best;
    }

    /// <summary>Puts the rounded weights into the network, so that it computes in floats what its bytes stand for.</summary>
    private static void Round(Node node, QuantizationScheme scheme)
    {
        sbyte[] steps = scheme.WeightsOf(node);
        float[] scales = scheme.WeightScales[node.Name];
        Span<float> weights = node.Parameters[0].Value.Span;
        int row = weights.Length / scales.Length;
        for (int i = 0; i < weights.Length; i++)
            weights[i] = steps[i] * scales[i / row];
    }
}
