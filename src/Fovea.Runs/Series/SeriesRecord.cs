using System.Text.Json;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Training;

namespace Fovea.Runs.Series;

/// <summary>
/// Whether the record of several runs is one that Fovea can have written. A folder may come from anybody: what it says
/// ends in tables, pages and links.
/// </summary>
internal static class SeriesRecord
{
    private const double LongestTime = 1e9;
    private const long MaxSamples = 1L << 40;

    /// <summary>The record, if it can be.</summary>
    /// <exception cref="JsonException">It cannot; the message says what is wrong.</exception>
    /// <exception cref="RunException">Its settings cannot be.</exception>
    public static SeriesSummary Check(SeriesSummary? record)
    {
        if (record is not { Kind: SeriesKind.Folds or SeriesKind.Seeds, Settings: not null, Runs: not null, Command: not null })
            throw new JsonException("parts are missing");
        if (record.Count < (record.Kind == SeriesKind.Folds ? 2 : 1) || record.Runs.Count > record.Count)
            throw new JsonException($"{record.Runs.Count} of {record.Count} runs cannot be");
        record.Settings.Check();
        if (record.Unfinished is { } begun)
            Require(CanBe(begun), "the time of the unfinished run");
        var plan = new SeriesPlan(record.Kind, record.Count, record.Settings);
        string[]? classes = null;
        int[]? tops = null;
        for (int i = 0; i < record.Runs.Count; i++)
        {
            RunSummary? run = record.Runs[i];
            // Runs are made in their order, and names lead to folders.
            if (run?.Name != plan.Name(i) || run.Seed != plan.SettingsOf(i).Seed)
                throw new JsonException($"run {i + 1} must be {plan.Name(i)}");
            Require(CanBe(run.Time) && run is { TrainingSamples: >= 0, Parameters: >= 0, Epochs: >= 0 } && Enum.IsDefined(run.End), $"the figures of {run.Name}");
            foreach (EvaluationReport test in new[] { run.Test, run.TestWithViews }.OfType<EvaluationReport>())
            {
                Require(CanBe(test), $"the test of {run.Name}");
                Require((classes ??= [.. test.Classes.Select(c => c.Class)]).SequenceEqual(test.Classes.Select(c => c.Class)), $"the classes of {run.Name}");
                Require((tops ??= [.. test.Top.Select(top => top.K)]).SequenceEqual(test.Top.Select(top => top.K)), $"the test of {run.Name}");
            }
        }
        // Any command line may have been typed.
        return record with { Command = Printable.Escape(record.Command) };
    }

    private static void Require(bool can, string what)
    {
        if (!can)
            throw new JsonException($"{what} cannot be");
    }

    private static bool CanBe(RunTime? time) =>
        time is { Seconds: >= 0 and < LongestTime, ProcessorSeconds: >= 0 and < LongestTime * 1000 };

    private static bool CanBe(EvaluationReport test) =>
        test is { Dataset: not null, Samples: > 0 and < MaxSamples, Accuracy: >= 0 and <= 1, Classes.Count: > 0, Confusion: { } rows, Top: not null }
        && !test.Dataset.Any(char.IsControl)
        && test.Classes.All(c => c is { Class: not null, Samples: >= 0 } && !c.Class.Any(char.IsControl))
        && rows.Count == test.Classes.Count && rows.All(row => row?.Length == rows.Count && row.All(count => count >= 0 && count <= test.Samples))
        && rows.Sum(row => row.Sum()) == test.Samples
        && test.Classes.Select((c, truth) => c.Samples == rows[truth].Sum()).All(same => same)
        && Math.Abs((test.Accuracy * test.Samples) - rows.Select((row, truth) => row[truth]).Sum()) < 0.5
        && test.Top.All(top => top is { K: > 0, Accuracy: >= 0 and <= 1 });
}
