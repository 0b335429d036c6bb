using System.Text.Json.Serialization;
using Fovea.Serialization;

namespace Fovea.Runs.Settings;

/// <summary>Settings as checkpoints store them, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, NewLine = "\n",
    Converters = [typeof(FiniteDoubleConverter), typeof(FiniteSingleConverter)])]
[JsonSerializable(typeof(TrainSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
