using System.Text.Json.Serialization;

namespace Fovea.Runs.Evaluation;

/// <summary>What <c>evaluate --json</c> prints.</summary>
public sealed record EvaluationReport(
    string Dataset, long Samples, double Accuracy, double Error, IReadOnlyList<TopAccuracy> Top, double CrossEntropy,
    double MeanSquaredError, double MacroF1, IReadOnlyList<ClassReport> Classes, IReadOnlyList<long[]> Confusion)
{
    /// <summary>How far probabilities are from how often they are right; only where a model is evaluated by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CalibrationError { get; init; }

    /// <summary>All wrong guesses, the worst first; only where a model is evaluated by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MistakeReport>? Mistakes { get; init; }
}

/// <summary>A sample that was taken for another class, and the probabilities of both classes.</summary>
public sealed record MistakeReport(string Sample, string Truth, float ProbabilityOfTruth, string Guess, float Probability);

/// <summary>The share of samples whose class is among the k most probable.</summary>
public sealed record TopAccuracy(int K, double Accuracy);

/// <summary>How well one class is recognised.</summary>
public sealed record ClassReport(string Class, long Samples, double Precision, double Recall, double F1);
