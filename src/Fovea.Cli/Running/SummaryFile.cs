using System.Text.Json;
using Fovea.Cli.Rendering;

namespace Fovea.Cli.Running;

/// <summary>What came out of one run or several, as files in their folder: for programs, and for people.</summary>
internal static class SummaryFile
{
    /// <summary>For programs; several runs go on from it.</summary>
    public const string Name = "summary.json";

    private const string TextName = "summary.txt";

    /// <summary>Whether a folder holds several runs.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Name)) && !File.Exists(Path.Combine(folder, "checkpoint.safetensors"));

    /// <summary>Writes both files; each replaces what was there whole or not at all.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static void Write(string folder, SeriesSummary summary)
    {
        using var text = new StringWriter { NewLine = "\n" };
        SeriesTable.Print(new Terminal { Out = text, Error = TextWriter.Null }, summary, withOrigin: true);
        Replace(Path.Combine(folder, TextName), text.ToString());
        Replace(Path.Combine(folder, Name), JsonSerializer.Serialize(summary, ReportJson.Readable.SeriesSummary) + "\n");
    }

    /// <summary>Reads what several runs have come to.</summary>
    /// <exception cref="CommandException">It is no such file.</exception>
    public static SeriesSummary Load(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            SeriesSummary? summary = JsonSerializer.Deserialize(File.ReadAllText(path), ReportJson.Default.SeriesSummary);
            if (summary is not { Kind: SeriesKind.Folds or SeriesKind.Seeds, Count: > 0, Settings: not null, Runs: not null, Command: not null }
                || summary.Runs.Count > summary.Count || summary.Runs.Any(run => run is not { Name: not null, Time: not null } || !IsWhole(run.Test) || !IsWhole(run.TestWithViews)))
                throw new JsonException("parts are missing");
            summary.Settings.Check();
            return summary;
        }
        catch (Exception error) when (error is JsonException or CommandException or ArgumentException)
        {
            throw new CommandException($"{path}: the record of the runs does not fit: {FoveaApp.OneLine(error.Message)}", error);
        }
    }

    private static bool IsWhole(EvaluationReport? test) =>
        test is null || test is { Classes: { } classes, Confusion: { } rows, Top: not null }
            && rows.Count == classes.Count && rows.All(row => row?.Length == classes.Count && row.All(count => count >= 0)) && classes.All(c => c?.Class is not null);

    private static void Replace(string path, string text)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
