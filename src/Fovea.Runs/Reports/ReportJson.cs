using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Prediction;
using Fovea.Runs.Series;
using Fovea.Runs.Settings;
using Fovea.Runs.Training;
using Fovea.Serialization;

namespace Fovea.Runs.Reports;

/// <summary>Writes the reports without reflection. A number that is not finite is null in all of them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(FiniteDoubleConverter), typeof(FiniteSingleConverter)])]
[JsonSerializable(typeof(TrainReport))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(PredictionReport))]
[JsonSerializable(typeof(NetworkReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(IReadOnlyList<DatasetReport>))]
[JsonSerializable(typeof(FolderReport))]
[JsonSerializable(typeof(IReadOnlyList<ZooReport>))]
[JsonSerializable(typeof(ZooReport))]
[JsonSerializable(typeof(ZooNetworkReport))]
[JsonSerializable(typeof(SeriesSummary))]
[JsonSerializable(typeof(IReadOnlyList<Recipe>))]
[JsonSerializable(typeof(QuantizationReport))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(FilterReport))]
[JsonSerializable(typeof(RateReport))]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    private static ReportJson? _readable;

    /// <summary>Only what JSON demands is escaped.</summary>
    public static ReportJson Readable => _readable ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
