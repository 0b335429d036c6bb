using System.Numerics.Tensors;
using Fovea.Execution;
using Fovea.Execution.Quantized;
using Fovea.Layers;
using Fovea.Networks;

namespace Fovea.Training;

/// <summary>
/// Gives the classes' probabilities for images. A network that does not end in <see cref="Softmax"/> gets one: its
/// outputs are taken for logits. Serves one caller at a time. A change of the network's weights
/// is seen after <see cref="Refresh"/>.
/// </summary>
public sealed class Predictor
{
    private readonly Plan _plan;
    private readonly float[] _probabilities;
    private readonly bool _softmax;

    /// <summary>A predictor for at most this many images a call.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">The most images in a call.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="quantization">How the network runs in bytes; in floats if null.</param>
    public Predictor(Network network, int batch = 1, int? threads = null, QuantizationScheme? quantization = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _plan = network.Compile(new PlanOptions { Batch = batch, Threads = threads ?? Environment.ProcessorCount, KeepActivations = false, Quantization = quantization });
        _softmax = network.Nodes[^1].Layer is not Softmax;
        _probabilities = new float[batch * network.OutputShape.Length];
    }

    /// <summary>How many classes there are.</summary>
    public int Classes => _plan.OutputShape.Length;

    /// <summary>The most images in one call.</summary>
    public int Batch => _plan.Options.Batch;

    /// <summary>Reads the network's parameters again, after they have changed.</summary>
    public void Refresh() => _plan.Refresh();

    /// <summary>The probabilities of every class for every image.</summary>
    /// <param name="images">(N, C, H, W), normalised.</param>
    /// <returns>(N, classes), valid until the next call.</returns>
    /// <exception cref="ArgumentException">Not a whole number of images, or more than the batch.</exception>
    public ReadOnlySpan<float> Predict(ReadOnlySpan<float> images)
    {
        ReadOnlySpan<float> outputs = _plan.Forward(images);
        if (!_softmax)
            return outputs;
        for (int i = 0; i < outputs.Length; i += Classes)
        {
            // Without the largest logit taken off, exponentials overflow.
            Span<float> row = _probabilities.AsSpan(i, Classes);
            TensorPrimitives.Subtract(outputs.Slice(i, Classes), TensorPrimitives.Max(outputs.Slice(i, Classes)), row);
            TensorPrimitives.SoftMax(row, row);
        }
        return _probabilities.AsSpan(0, outputs.Length);
    }
}
