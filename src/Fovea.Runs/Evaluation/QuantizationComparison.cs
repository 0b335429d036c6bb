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
        var guesses = new int[dataset.Count];
        int alike = 0;
        ClassificationMetrics own = Measure(before, (index, guess) => guesses[index] = guess);
        ClassificationMetrics quantized = Measure(after, (index, guess) => alike += guess == guesses[index] ? 1 : 0);
        var image = new float[dataset.ImageShape.Length];
        dataset.Read(0, image);
        return new QuantizationReport(
            beforePath, afterPath, dataset.Name, dataset.Count, after.Quantization!.Method, Bits(after.Quantization.MaxWeight), (double)alike / dataset.Count,
            new PrecisionReport(own.Accuracy, own.CrossEntropy, new FileInfo(beforePath).Length, Speed(before)),
            new PrecisionReport(quantized.Accuracy, quantized.CrossEntropy, new FileInfo(afterPath).Length, Speed(after)));

        ClassificationMetrics Measure(Model model, Action<int, int> guessed) => new Evaluator(model, dataset, BatchSize, threads).Evaluate(
            observer: (index, probabilities, _) =>
            {
                FiniteOutputs.Require(probabilities, dataset, index);
                guessed(index, TensorPrimitives.IndexOfMax(probabilities));
            },
            cancellation: cancellation);

        double Speed(Model model) => QuantizationComparison.Speed(new Predictor(model, 1, threads), image);
    }

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
