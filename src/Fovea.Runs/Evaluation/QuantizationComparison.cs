using System.Diagnostics;
using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Metrics;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Evaluation;

/// <summary>A model before and after it was quantised, side by side on the same samples.</summary>
public static class QuantizationComparison
{
    private const int BatchSize = 64;
    private const double TimedSeconds = 0.4;

    /// <summary>Measures both on the same samples, and times them with one image at a time.</summary>
    /// <exception cref="RunException">The outputs of one are no numbers.</exception>
    public static QuantizationReport Of(Model before, string beforePath, Model after, string afterPath, IDataset dataset, int threads, CancellationToken cancellation)
    {
        int classes = before.ClassNames.Count, length = dataset.ImageShape.Length;
        int batch = Math.Min(Fitting(before), Fitting(after));
        var loader = new BatchLoader(dataset, batch, before.Normalization);
        Predictor floats = Predictor(before, batch, threads), bytes = Predictor(after, batch, threads);
        ClassificationMetrics own = new(classes), quantized = new(classes);
        var images = new float[batch * length];
        var labels = new int[batch];
        int alike = 0;
        for (int i = 0; i < loader.BatchCount; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = loader.Load(i, images, labels);
            ReadOnlySpan<float> a = floats.Predict(images.AsSpan(0, count * length)), b = bytes.Predict(images.AsSpan(0, count * length));
            for (int n = 0; n < count; n++)
            {
                ReadOnlySpan<float> mine = a.Slice(n * classes, classes), theirs = b.Slice(n * classes, classes);
                FiniteOutputs.Require(mine, dataset, (i * batch) + n);
                FiniteOutputs.Require(theirs, dataset, (i * batch) + n);
                own.Add(mine, labels[n]);
                quantized.Add(theirs, labels[n]);
                alike += TensorPrimitives.IndexOfMax(mine) == TensorPrimitives.IndexOfMax(theirs) ? 1 : 0;
            }
        }
        ReadOnlySpan<float> image = images.AsSpan(0, length);
        return new QuantizationReport(
            beforePath, afterPath, dataset.Name, dataset.Count, after.Quantization!.Method, Bits(after.Quantization.MostWeight), (double)alike / dataset.Count,
            new PrecisionReport(own.Accuracy, own.CrossEntropy, new FileInfo(beforePath).Length, Speed(Predictor(before, 1, threads), image)),
            new PrecisionReport(quantized.Accuracy, quantized.CrossEntropy, new FileInfo(afterPath).Length, Speed(Predictor(after, 1, threads), image)));

        int Fitting(Model model) => Training.Predictor.FittingBatch(model.Network, Math.Min(BatchSize, dataset.Count), threads, model.Quantization);
    }

    private static Predictor Predictor(Model model, int batch, int threads) => new(model.Network, batch, threads, model.Quantization);

    private static int Bits(int most) => int.Log2(most) + 2;

    /// <summary>Images a second, by the fastest of many calls with one image.</summary>
    private static double Speed(Predictor predictor, ReadOnlySpan<float> image)
    {
        predictor.Predict(image);
        double fastest = double.PositiveInfinity;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < TimedSeconds;)
        {
            long one = Stopwatch.GetTimestamp();
            predictor.Predict(image);
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(one).TotalSeconds);
        }
        return 1 / fastest;
    }
}
