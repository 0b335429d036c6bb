using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Diagnostics;
using Fovea.Execution;
using Fovea.Execution.Workers;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Tensors;

namespace Fovea.Training;

/// <summary>
/// Gives the probabilities of a model's classes for images, with all that belongs to the model: its normalisation, and
/// int8 arithmetic if it is quantised. A network that does not end in <see cref="Softmax"/> gets one: its outputs are
/// taken for logits. It predicts with the network's parameters as they are at every call.
/// <para>
/// A predictor serves one caller at a time: a call that comes while another runs throws
/// <see cref="InvalidOperationException"/> and disturbs nothing. Threads that predict at once need a predictor each; those
/// share the network's parameters.
/// </para>
/// </summary>
public sealed class Predictor
{
    private const float SmallestNormal = 1.17549435e-38f;
    private readonly OneCaller _caller = new(
        "this predictor is already running in another call; a predictor serves one caller at a time: make one for each thread, they share the network's parameters");

    private readonly Plan _plan;
    private readonly float[] _probabilities;
    private readonly bool _softmax;
    private readonly TestTimeViews? _views;
    private readonly float[] _copies = [];
    private readonly float[] _logits = [];
    private float[]? _normalized;

    /// <summary>So many images at once, or fewer if their activations would take more than 2 GiB, or a quarter of memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">How many are wanted.</param>
    /// <param name="threads">The most threads to use.</param>
    public static int FittingBatch(Model model, int batch, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        return PlanBytes.Fit(model.Network, OptionsFor(model, batch, threads));
    }

    /// <summary>A predictor for at most this many images a call.</summary>
    /// <param name="model">The network with its normalisation and quantisation.</param>
    /// <param name="batch">The most images in a call.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="views">The copies of every image that are judged in its stead; the image alone if null.</param>
    /// <exception cref="ShapeException">The batch needs more memory than there is; see <see cref="FittingBatch"/>.</exception>
    public Predictor(Model model, int batch = 1, int? threads = null, TestTimeViews? views = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Network network = model.Network;
        (Model, Batch) = (model, batch);
        int planned = Math.Max(batch, views?.Count ?? 1);
        _plan = network.Compile(OptionsFor(model, planned, threads));
        _softmax = network.Nodes[^1].Layer is not Softmax;
        _probabilities = new float[batch * network.OutputShape.Length];
        _views = views;
        if (views is null)
            return;
        _copies = new float[planned / views.Count * views.Count * network.InputShape.Length];
        _logits = new float[planned * network.OutputShape.Length];
    }

    private static PlanOptions OptionsFor(Model model, int batch, int? threads) =>
        new() { Batch = batch, Threads = threads ?? Environment.ProcessorCount, Quantization = model.Quantization };

    /// <summary>What predicts.</summary>
    public Model Model { get; }

    /// <summary>How many classes there are.</summary>
    public int Classes => _plan.OutputShape.Length;

    /// <summary>The most images in one call.</summary>
    public int Batch { get; }

    /// <summary>The probabilities of every class for every image.</summary>
    /// <param name="images">(N, C, H, W), pixels in [0, 1]: the model's normalisation is applied here.</param>
    /// <returns>(N, classes), valid until the next call.</returns>
    /// <exception cref="ArgumentException">Not a whole number of images, or more than the batch.</exception>
    /// <exception cref="InvalidOperationException">Another call runs.</exception>
    public ReadOnlySpan<float> Predict(ReadOnlySpan<float> images)
    {
        using OneCaller.Stay stay = _caller.Enter();
        long start = Telemetry.StartRun();
        ReadOnlySpan<float> probabilities = Run(Normalized(images));
        Telemetry.EndRun(start, probabilities.Length / Classes);
        return probabilities;
    }

    /// <summary>As <see cref="Predict"/>, for images that were normalised while they were loaded.</summary>
    internal ReadOnlySpan<float> PredictNormalized(ReadOnlySpan<float> images)
    {
        using OneCaller.Stay stay = _caller.Enter();
        return Run(images);
    }

    private ReadOnlySpan<float> Normalized(ReadOnlySpan<float> images)
    {
        Normalization normalization = Model.Normalization;
        Shape shape = _plan.InputShape;
        if (normalization.IsIdentity)
            return images;
        int count = Count(images);
        _normalized ??= new float[Batch * shape.Length];
        Span<float> pixels = _normalized.AsSpan(0, images.Length);
        images.CopyTo(pixels);
        // Whatever is not made of maps has one mean and one deviation.
        Shape maps = shape.IsMaps ? shape : new Shape(1, 1, shape.Length);
        for (int n = 0; n < count; n++)
            normalization.Apply(pixels.Slice(n * shape.Length, shape.Length), maps);
        return pixels;
    }

    private int Count(ReadOnlySpan<float> images)
    {
        int length = _plan.InputShape.Length, count = images.Length / length;
        return count > 0 && count <= Batch && count * length == images.Length ? count
            : throw new ArgumentException($"1 to {Batch} images of {_plan.InputShape} are {length} to {Batch * length} floats, got {images.Length}", nameof(images));
    }

    private ReadOnlySpan<float> Run(ReadOnlySpan<float> images)
    {
        if (_views is not null)
            return Run(images, _views);
        ReadOnlySpan<float> outputs = _plan.Forward(images);
        if (!_softmax)
            return outputs;
        outputs.CopyTo(_probabilities);
        return ToProbabilities(outputs.Length);
    }

    /// <summary>As many images at a time as fill the plan with their copies.</summary>
    private ReadOnlySpan<float> Run(ReadOnlySpan<float> images, TestTimeViews views)
    {
        Shape shape = _plan.InputShape;
        int length = shape.Length, count = Count(images), group = _copies.Length / length / views.Count;
        for (int first = 0; first < count; first += group)
        {
            int n = Math.Min(group, count - first);
            for (int view = 0; view < views.Count; view++)
                for (int i = 0; i < n; i++)
                    views.Make(view, images.Slice((first + i) * length, length), shape, _copies.AsSpan((view * n + i) * length, length));
            ReadOnlySpan<float> outputs = _plan.Forward(_copies.AsSpan(0, views.Count * n * length));
            Span<float> logits = _logits.AsSpan(0, outputs.Length);
            if (_softmax)
                outputs.CopyTo(logits);
            else
            {
                // The logits but for a number that all classes have in common; the logarithm of 0 is none.
                TensorPrimitives.Max(outputs, SmallestNormal, logits);
                TensorPrimitives.Log(logits, logits);
            }
            views.Average(logits, _probabilities.AsSpan(first * Classes, n * Classes));
        }
        return ToProbabilities(count * Classes);
    }

    /// <summary>Makes probabilities of logits, in place.</summary>
    private ReadOnlySpan<float> ToProbabilities(int length)
    {
        for (int i = 0; i < length; i += Classes)
        {
            // Without the largest logit taken off, exponentials overflow.
            Span<float> row = _probabilities.AsSpan(i, Classes);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max((ReadOnlySpan<float>)row), row);
            TensorPrimitives.SoftMax(row, row);
        }
        return _probabilities.AsSpan(0, length);
    }
}
