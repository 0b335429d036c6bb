using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Runs.Training;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>Records of runs as their files hold them, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(FiniteDoubleConverter), typeof(FiniteSingleConverter)])]
[JsonSerializable(typeof(SeriesSummary))]
[JsonSerializable(typeof(RunSummary))]
[JsonSerializable(typeof(EpochResult[]))]
internal sealed partial class SeriesJson : JsonSerializerContext
{
    private static SeriesJson? _readable;

    /// <summary>Only what JSON demands is escaped.</summary>
    public static SeriesJson Readable => _readable ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
