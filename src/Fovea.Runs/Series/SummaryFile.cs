using System.Text;
using System.Text.Json;
using Fovea.Data;
using Fovea.Serialization;

namespace Fovea.Runs.Series;

/// <summary>What came out of one run or several, as files in their folder: for programs, and for people.</summary>
internal static class SummaryFile
{
    /// <summary>For programs; several runs go on from it.</summary>
    public const string Name = "summary.json";

    private const string TextName = "summary.txt";
    private const long LongestFile = 256L << 20;

    /// <summary>Whether a folder holds several runs.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Name)) && !File.Exists(Path.Combine(folder, "checkpoint.safetensors"));

    /// <summary>Writes both files; each replaces what was there whole or not at all.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static void Write(string folder, SeriesSummary summary)
    {
        var text = new StringBuilder();
        SeriesText.Write(summary, withOrigin: true, Line, table => table.Lines().ToList().ForEach(Line));
        AtomicFile.WriteText(Path.Combine(folder, TextName), text.ToString());
        AtomicFile.WriteText(Path.Combine(folder, Name), JsonSerializer.Serialize(summary, SeriesJson.Readable.SeriesSummary) + "\n");

        void Line(string line) => text.Append(Printable.Escape(line)).Append('\n');
    }

    /// <summary>Reads what a single run says of itself; null if it does not.</summary>
    /// <exception cref="JsonException">The file is no such record.</exception>
    public static SeriesSummary? LoadSingle(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        SeriesSummary? summary = Read(path);
        return summary is { Kind: SeriesKind.Single, Settings: not null, Runs: [not null] } ? summary : throw new JsonException($"{Name} is no record of a run");
    }

    /// <summary>Reads what several runs have come to.</summary>
    /// <exception cref="RunException">It is no such file.</exception>
    public static SeriesSummary Load(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            SeriesSummary? summary = Read(path);
            if (summary is { Kind: SeriesKind.Single, Settings: not null, Runs: not null })
                throw new RunException(Ended(folder));
            return SeriesRecord.Check(summary);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or RunException { IsInvalidRequest: true })
        {
            throw new RunException($"{path}: the record of the runs does not fit: {ErrorText.OneLine(error.Message)}", error);
        }
    }

    private static SeriesSummary? Read(string path) => JsonSerializer.Deserialize(InputFile.ReadAllBytes(path, LongestFile), SeriesJson.Default.SeriesSummary);

    /// <summary>A single run writes its summary at its end; it has a checkpoint then, unless somebody removed it.</summary>
    private static string Ended(string folder)
    {
        string model = Path.Combine(folder, "model.safetensors");
        return $"the run in {folder} is done and its checkpoint.safetensors is gone, so there is nothing to go on with"
            + (File.Exists(model) ? $"; its model is {model}, from which 'fovea train DATASET --from' starts a new run" : "");
    }
}
