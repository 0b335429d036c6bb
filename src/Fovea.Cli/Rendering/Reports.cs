using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fovea.Cli.Recipes;
using Fovea.Cli.Running;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Rendering;

/// <summary>What <c>train --json</c> prints.</summary>
internal sealed record TrainReport(
    string Folder, string Model, string Checkpoint, TrainingEnd End, TrainSettings Settings, IReadOnlyList<EpochResult> History,
    EvaluationReport? Test, EvaluationReport? TestWithViews, IReadOnlyList<SampleReport> Samples);

/// <summary>A sample of a data set, and what a model takes it for.</summary>
internal sealed record SampleReport(int Index, string Truth, IReadOnlyList<Guess> Guesses);

/// <summary>What <c>evaluate --json</c> prints.</summary>
internal sealed record EvaluationReport(
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
internal sealed record MistakeReport(string Sample, string Truth, float ProbabilityOfTruth, string Guess, float Probability);

/// <summary>The share of samples whose class is among the k most probable.</summary>
internal sealed record TopAccuracy(int K, double Accuracy);

/// <summary>How well one class is recognised.</summary>
internal sealed record ClassReport(string Class, long Samples, double Precision, double Recall, double F1);

/// <summary>What <c>predict --json</c> prints.</summary>
internal sealed record PredictionReport(string Model, IReadOnlyList<ImagePrediction> Predictions, IReadOnlyList<SkippedImage> Skipped);

/// <summary>The guesses for one picture, and what was done to it before.</summary>
internal sealed record ImagePrediction(string Image, IReadOnlyList<string> Preparation, IReadOnlyList<Guess> Guesses);

/// <summary>A picture that was not judged.</summary>
internal sealed record SkippedImage(string Image, string Reason);

/// <summary>What <c>summary --json</c> prints.</summary>
internal sealed record SummaryReport(
    string Name, int[] Input, int[] Output, IReadOnlyList<LayerReport> Layers, long Parameters, long TrainableParameters, long MultiplyAdds,
    long ParameterBytes, long ActivationBytes, IReadOnlyList<string>? Classes, IReadOnlyDictionary<string, string>? Info);

/// <summary>One layer of a network; inputs are named if they are not just the layer before.</summary>
internal sealed record LayerReport(
    string Name, string Layer, string Settings, IReadOnlyList<string> Inputs, int[] Output, long Parameters, long MultiplyAdds);

/// <summary>What <c>quantize --json</c> prints; agreement is the share of samples that both models take for the same class.</summary>
internal sealed record QuantizationReport(
    string Model, string Out, string Dataset, int Samples, string Method, int WeightBits, double Agreement, PrecisionReport Before, PrecisionReport After);

/// <summary>
/// What <c>compare --json</c> prints. The counts are of samples that both models have right, only one of them, or none;
/// the p values are of McNemar's test.
/// </summary>
internal sealed record ComparisonReport(
    string Dataset, long Samples, IReadOnlyList<ComparedModel> Models, long BothRight, long OnlyFirstRight, long OnlySecondRight, long BothWrong,
    double ExactP, double MidP, string Verdict);

/// <summary>One of two models that are compared.</summary>
internal sealed record ComparedModel(string Model, double Error, double MeanSquaredError, double CrossEntropy);

/// <summary>A model in floats or in bytes.</summary>
internal sealed record PrecisionReport(double Accuracy, double CrossEntropy, long FileBytes, double ImagesPerSecond);

/// <summary>One line of <c>data list --json</c>.</summary>
internal sealed record DatasetReport(
    string Name, string Description, int[] Image, IReadOnlyList<string> Classes, int Train, int Test, string? Folder, long DownloadBytes, bool BuiltIn);

/// <summary>What <c>filter --json</c> prints: sizes are (C, H, W), the kernel's rows are from above.</summary>
internal sealed record FilterReport(
    string Image, string Kernel, IReadOnlyList<float[]> Cells, double Divisor, int[] Output, float Minimum, float Maximum,
    double ShareOutside, bool Normalized, string Out);

/// <summary>What <c>find-lr --json</c> prints: the rates tried with their losses, and two suggestions, null if the loss never fell.</summary>
internal sealed record RateReport(
    string Dataset, string Model, string Optimizer, double? TenthOfMinimum, double? Steepest, bool Exploded, IReadOnlyList<RatePoint> Points);

/// <summary>What <c>data get --json</c> and <c>data export --json</c> print.</summary>
internal sealed record FolderReport(string Name, string Folder, int? Images);

/// <summary>Writes the reports without reflection. A number that is not finite is null in all of them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(FiniteDoubleConverter), typeof(FiniteSingleConverter)])]
[JsonSerializable(typeof(TrainReport))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(PredictionReport))]
[JsonSerializable(typeof(SummaryReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(IReadOnlyList<DatasetReport>))]
[JsonSerializable(typeof(FolderReport))]
[JsonSerializable(typeof(SeriesSummary))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(EpochResult[]))]
[JsonSerializable(typeof(IReadOnlyList<Recipe>))]
[JsonSerializable(typeof(QuantizationReport))]
[JsonSerializable(typeof(FilterReport))]
[JsonSerializable(typeof(RateReport))]
[JsonSerializable(typeof(ComparisonReport))]
[JsonSerializable(typeof(TrainSettings))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    private static ReportJson? _readable;

    /// <summary>Only what JSON demands is escaped.</summary>
    public static ReportJson Readable => _readable ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Prints a report as the only thing on the standard output. What is escaped in its names reads the same as JSON.</summary>
    public static void Print<T>(Terminal terminal, T report, JsonTypeInfo<T> type) =>
        terminal.PrintLines(JsonSerializer.Serialize(report, type));
}
