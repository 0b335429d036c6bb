namespace Fovea.Runs.Evaluation;

/// <summary>
/// What <c>compare --json</c> prints. The counts are of samples that both models have right, only one of them, or none;
/// the p values are of McNemar's test.
/// </summary>
public sealed record ComparisonReport(
    string Dataset, long Samples, IReadOnlyList<ComparedModel> Models, long BothRight, long OnlyFirstRight, long OnlySecondRight, long BothWrong,
    double ExactP, double MidP, string Verdict);

/// <summary>One of two models that are compared.</summary>
public sealed record ComparedModel(string Model, double Error, double MeanSquaredError, double CrossEntropy);
