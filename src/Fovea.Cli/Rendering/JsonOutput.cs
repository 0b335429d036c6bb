using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fovea.Cli.Rendering;

/// <summary>Results for programs.</summary>
internal static class JsonOutput
{
    /// <summary>Prints a report as the only thing on the standard output. What is escaped in its names reads the same as JSON.</summary>
    public static void Print<T>(Terminal terminal, T report, JsonTypeInfo<T> type) => terminal.PrintLines(JsonSerializer.Serialize(report, type));
}
