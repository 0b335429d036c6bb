using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Execution;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Runs.Evaluation;

/// <summary>A model that was written to a file of another kind.</summary>
/// <param name="From">The model.</param>
/// <param name="To">The file.</param>
/// <param name="Bytes">How many bytes it has, those of a file beside it included.</param>
/// <param name="Verification">What came of reading it back; null if that was not asked for.</param>
public sealed record ExportReport(string From, string To, long Bytes, ExportVerification? Verification);

/// <summary>A model and what was read back from a file, on the same samples.</summary>
/// <param name="Dataset">The samples.</param>
/// <param name="Samples">How many there are.</param>
/// <param name="LargestDifference">The largest difference of two outputs.</param>
/// <param name="LargestOutput">The largest output, by its magnitude.</param>
/// <param name="Agreement">The share of samples of which both give the same class.</param>
public sealed record ExportVerification(string Dataset, int Samples, double LargestDifference, double LargestOutput, double Agreement);

/// <summary>Runs a model and what was read back from a file.</summary>
public static class ExportComparison
{
    private const int BatchSize = 32;

    /// <summary>Compares the outputs on every sample of a data set.</summary>
    /// <param name="model">The model that was written.</param>
    /// <param name="readBack">What the file holds.</param>
    /// <param name="includesPreprocessing">Whether the file normalises its input by itself.</param>
    /// <param name="includesSoftmax">Whether the file gives probabilities, not logits.</param>
    /// <param name="dataset">Images of the model's input.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <exception cref="RunException">The file's network takes or gives other shapes than the model's.</exception>
    public static ExportVerification Of(
        Model model, Model readBack, bool includesPreprocessing, bool includesSoftmax, IDataset dataset, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(readBack);
        ArgumentNullException.ThrowIfNull(dataset);
        Network network = includesSoftmax ? model.Network : model.Network.WithoutSoftmax();
        if (readBack.Network.InputShape.Length != network.InputShape.Length || readBack.Network.OutputShape.Length != network.OutputShape.Length)
            throw new RunException($"the file's network makes {readBack.Network.OutputShape} of {readBack.Network.InputShape}, the model's {network.OutputShape} of {network.InputShape}");
        Plan own = network.Compile(new PlanOptions { Batch = BatchSize, Threads = threads, Quantization = model.Quantization });
        Plan other = readBack.Network.Compile(new PlanOptions { Batch = BatchSize, Threads = threads, Quantization = readBack.Quantization });
        var normalized = new BatchLoader(dataset, BatchSize, model.Normalization);
        var plain = new BatchLoader(dataset, BatchSize);
        int length = network.InputShape.Length, outputs = network.OutputShape.Length, alike = 0;
        float[] images = new float[BatchSize * length];
        int[] labels = new int[BatchSize];
        double difference = 0, largest = 0;
        for (int batch = 0; batch < normalized.BatchCount; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = normalized.Load(batch, images, labels);
            float[] expected = own.Forward(images.AsSpan(0, count * length)).ToArray();
            if (includesPreprocessing)
                plain.Load(batch, images, labels);
            ReadOnlySpan<float> actual = other.Forward(images.AsSpan(0, count * length));
            for (int n = 0; n < count; n++)
            {
                ReadOnlySpan<float> one = expected.AsSpan(n * outputs, outputs), two = actual.Slice(n * outputs, outputs);
                FiniteOutputs.Require(one, dataset, batch * BatchSize + n);
                FiniteOutputs.Require(two, dataset, batch * BatchSize + n);
                for (int i = 0; i < outputs; i++)
                    difference = Math.Max(difference, Math.Abs((double)one[i] - two[i]));
                largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude(one)));
                alike += TensorPrimitives.IndexOfMax(one) == TensorPrimitives.IndexOfMax(two) ? 1 : 0;
            }
        }
        return new ExportVerification(dataset.Name, dataset.Count, difference, largest, dataset.Count == 0 ? 1 : (double)alike / dataset.Count);
    }
}
