using System.Text.Json;
using Fovea.Runs.Settings;
using Fovea.Runs.Training;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Series;

/// <summary>
/// Whether a run's own files say what the record of a series says of it: a record that somebody changed would bring results
/// into the mean that no run has come to.
/// </summary>
internal static class RunEvidence
{
    /// <summary>What speaks against a recorded run, in a few words; null for nothing.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="recorded">What the record says.</param>
    /// <param name="settings">What the run is to be made with.</param>
    public static string? Against(string folder, RunSummary recorded, TrainSettings settings)
    {
        try
        {
            var run = RunFolder.Open(folder);
            if (!File.Exists(run.ModelPath))
                return "there is no model";
            if (SummaryFile.LoadSingle(folder) is not { } own)
                return $"there is no {SummaryFile.Name}";
            if (!IsSame(own.Settings, settings))
                return "it was made with other settings";
            if (Text(own.Runs[0]) != Text(recorded))
                return $"its {SummaryFile.Name} has other figures";
            RunCheckpoint checkpoint = CheckpointOf(run, settings);
            return checkpoint.State.Epoch == recorded.Epochs ? null : $"its checkpoint has made {checkpoint.State.Epoch} epochs, not {recorded.Epochs}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ModelFormatException or RunException)
        {
            return ErrorText.OneLine(error.Message);
        }
    }

    /// <summary>The checkpoint of a run, if it is one of a run with these settings.</summary>
    /// <exception cref="RunException">It was made with others.</exception>
    public static RunCheckpoint CheckpointOf(RunFolder folder, TrainSettings settings)
    {
        RunCheckpoint checkpoint = folder.LoadCheckpoint();
        return IsSame(TrainSettings.Read(checkpoint.Settings, folder.CheckpointPath), settings)
            ? checkpoint
            : throw new RunException($"{folder.CheckpointPath} is of a run with other settings; move the folder away to make this run anew");
    }

    private static bool IsSame(TrainSettings one, TrainSettings other) => Text(one) == Text(other);

    private static string Text(TrainSettings settings) => settings.ToJson();

    private static string Text(RunSummary run) => JsonSerializer.Serialize(run, SeriesJson.Default.RunSummary);
}
