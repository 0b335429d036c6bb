namespace Fovea.Runs.Evaluation;

/// <summary>What <c>quantize --json</c> prints; agreement is the share of samples that both models take for the same class.</summary>
public sealed record QuantizationReport(
    string Model, string Out, string Dataset, int Samples, string Method, int WeightBits, double Agreement, PrecisionReport Before, PrecisionReport After);

/// <summary>A model in float32 or int8.</summary>
public sealed record PrecisionReport(double Accuracy, double CrossEntropy, long FileBytes, double ImagesPerSecond);
