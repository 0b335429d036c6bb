using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Networks;
using Fovea.Serialization;

namespace Fovea.Training;

/// <summary>
/// The folder of one run: the checkpoint of the last epoch, the finished model, and the history as CSV and JSON.
/// Whatever is written replaces what was there whole or not at all.
/// </summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder itself.</summary>
    public string Path { get; }

    /// <summary>The finished model: <c>model.safetensors</c>.</summary>
    public string ModelPath => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>Where the run stands: <c>checkpoint.safetensors</c>. It can be used as a model, too.</summary>
    public string CheckpointPath => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    /// <summary>A row an epoch: <c>history.csv</c>.</summary>
    public string HistoryCsvPath => System.IO.Path.Combine(Path, "history.csv");

    /// <summary>An object an epoch: <c>history.json</c>.</summary>
    public string HistoryJsonPath => System.IO.Path.Combine(Path, "history.json");

    /// <summary>The run as a page to look at: <c>report.html</c>.</summary>
    public string ReportPath => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Makes the folder if need be, and makes sure that files can be written there before hours are spent.</summary>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made or written to.</exception>
    public static RunFolder Create(string path)
    {
        Directory.CreateDirectory(path);
        string probe = System.IO.Path.Combine(path, $".probe-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(probe, [0]);
        }
        finally
        {
            File.Delete(probe);
        }
        return new RunFolder(path);
    }

    /// <summary>The folder of a run that was started before.</summary>
    /// <exception cref="FileNotFoundException">There is no checkpoint in it.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(path);
        return File.Exists(folder.CheckpointPath)
            ? folder
            : throw new FileNotFoundException($"no run to resume: there is no {folder.CheckpointPath}", folder.CheckpointPath);
    }

    /// <summary>Writes where the run stands: weights, optimiser, position, history, best weights, averages.</summary>
    /// <param name="trainer">The run, between two steps.</param>
    /// <param name="model">The trainer's network with class names and normalisation.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="settingsJson">Whatever the caller needs to set the run up again.</param>
    /// <exception cref="IOException">The file cannot be written; the checkpoint before is still there.</exception>
    public void SaveCheckpoint(Trainer trainer, Model model, ulong seed, string settingsJson)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        TrainingState state = trainer.State;
        CheckpointFile.Save(CheckpointPath, new CheckpointData
        {
            Model = model,
            OptimizerName = trainer.Optimizer.Name,
            OptimizerStates = trainer.Optimizer.StateCount == 0 ? [] : trainer.Optimizer.States,
            OptimizerSteps = trainer.Optimizer.StepCount,
            Epoch = state.Epoch,
            Step = state.Step,
            Seed = seed,
            VectorBits = CheckpointData.VectorBitsHere,
            SettingsJson = JsonSerializer.Serialize(
                new RunRecord(settingsJson, state with { BestParameters = null, Averages = null }), RunJson.Default.RunRecord),
            BestParameters = ByName(state.BestParameters),
            Averages = ByName(state.Averages),
        });

        Dictionary<string, float[]>? ByName(float[][]? values) => values is null ? null
            : Enumerable.Range(0, values.Length).ToDictionary(i => trainer.Network.Parameters[i].Name, i => values[i]);
    }

    /// <summary>Reads the checkpoint, without <see cref="ModelLimits"/>: what was trained here can go on.</summary>
    /// <exception cref="ModelFormatException">It is not a sound checkpoint.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RunCheckpoint LoadCheckpoint()
    {
        CheckpointData data = CheckpointFile.Load(CheckpointPath, ModelLimits.None);
        RunRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(data.SettingsJson, RunJson.Default.RunRecord);
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{CheckpointPath}: the run's record does not fit: {Printable.Shorten(error.Message)}", error);
        }
        if (record is not { Settings: not null, State.History: not null } || record.State.Epoch != data.Epoch || record.State.Step != data.Step)
            throw new ModelFormatException($"{CheckpointPath}: the run's record is missing or of another epoch");
        TrainingState state = record.State;
        if (!CanBe(state) || (state.Best is null) != (data.BestParameters is null))
            throw new ModelFormatException($"{CheckpointPath}: the run's record has epochs or counts that cannot be");
        return new RunCheckpoint(data, record.Settings, state with { BestParameters = InOrder(data.BestParameters), Averages = InOrder(data.Averages) });

        float[][]? InOrder(IReadOnlyDictionary<string, float[]>? byName) => byName is null ? null
            : [.. data.Model.Network.Parameters.Select(parameter => byName[parameter.Name])];
    }

    /// <summary>Whether a trainer can have come to this: a file may say anything.</summary>
    private static bool CanBe(TrainingState state) =>
        state.Batch >= 0 && state.Correct >= 0 && state.Samples >= state.Correct && (state.Batch > 0 || state.Samples == 0) && double.IsFinite(state.LossSum)
        && state.History.Count == state.Epoch
        && state.History.Select((epoch, i) => epoch is not null && epoch.Epoch == i + 1 && CanBe(epoch)).All(can => can);

    private static bool CanBe(EpochResult epoch) =>
        epoch is { Accuracy: >= 0 and <= 1, LearningRate: >= 0 and < float.PositiveInfinity, Seconds: >= 0 and < 1e9, ValidationAccuracy: null or (>= 0 and <= 1) }
        && (epoch.ValidationAccuracy is null) == (epoch.ValidationLoss is null) && (!epoch.IsBest || epoch.ValidationLoss is { } loss && double.IsFinite(loss));

    /// <summary>Writes the history as CSV and JSON.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void SaveHistory(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var csv = new StringBuilder("epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds,best\n");
        foreach (EpochResult epoch in state.History)
            csv.Append(CultureInfo.InvariantCulture,
                $"{epoch.Epoch},{epoch.Loss:R},{epoch.Accuracy:R},{epoch.ValidationLoss:R},{epoch.ValidationAccuracy:R},{epoch.LearningRate:R},{epoch.Seconds:F3},{(epoch.IsBest ? 1 : 0)}\n");
        AtomicFile.WriteText(HistoryCsvPath, csv.ToString());
        AtomicFile.Write(HistoryJsonPath, stream => JsonSerializer.Serialize(stream, [.. state.History], HistoryJson.Default.EpochResultArray));
    }
}

/// <summary>A run as its checkpoint holds it.</summary>
/// <param name="Data">Weights and optimiser state.</param>
/// <param name="Settings">What the caller stored to set the run up again.</param>
/// <param name="State">Where the run stands.</param>
public sealed record RunCheckpoint(CheckpointData Data, string Settings, TrainingState State)
{
    /// <summary>
    /// Puts a trainer for <see cref="Data"/>'s network where the run stood. Its optimiser must be of the same kind.
    /// </summary>
    /// <exception cref="ArgumentException">The trainer has another network or another kind of optimiser.</exception>
    public void Restore(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (trainer.Network != Data.Model.Network)
            throw new ArgumentException("a run goes on with the checkpoint's own network", nameof(trainer));
        if (trainer.Optimizer.Name != Data.OptimizerName || (trainer.Optimizer.StateCount != 0
            && (Data.OptimizerStates.Count != trainer.Optimizer.States.Count || Data.OptimizerStates.Any(states => states.Length != trainer.Optimizer.StateCount))))
            throw new ArgumentException($"the run was made with {Data.OptimizerName}, not {trainer.Optimizer.Name}", nameof(trainer));
        for (int p = 0; p < Data.OptimizerStates.Count; p++)
            for (int s = 0; s < trainer.Optimizer.StateCount; s++)
                Data.OptimizerStates[p][s].CopyTo(trainer.Optimizer.States[p][s], 0);
        trainer.Optimizer.StepCount = Data.OptimizerSteps;
        trainer.State = State;
    }
}

/// <summary>What a checkpoint keeps for the trainer beside weights and optimiser.</summary>
internal sealed record RunRecord(string Settings, TrainingState State);

/// <summary>The history for others, without reflection.</summary>
[JsonSerializable(typeof(EpochResult[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(FiniteDoubleConverter), typeof(FiniteSingleConverter)])]
internal sealed partial class HistoryJson : JsonSerializerContext;

/// <summary>The record in the checkpoint, without reflection. Numbers that are none (a loss may be) are written by name.</summary>
[JsonSerializable(typeof(RunRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true)]
internal sealed partial class RunJson : JsonSerializerContext;
