using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Options;
using Fovea.Cli.Rendering;
using Fovea.Cli.Rendering.Html;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Cli.Running;

/// <summary>A training run in its folder: started or resumed, watched, saved, measured.</summary>
internal sealed class TrainRun
{
    private readonly Terminal _terminal;
    private readonly TrainSettings _settings;
    private readonly TrainingData _data;
    private readonly RunFolder _folder;
    private readonly int? _threads;
    private readonly Model _model;
    private readonly Trainer _trainer;

    private TrainRun(Terminal terminal, TrainSettings settings, TrainingData data, RunFolder folder, int? threads, Model model)
    {
        (_terminal, _settings, _data, _folder, _threads, _model) = (terminal, settings, data, folder, threads, model);
        _trainer = new Trainer(model.Network, settings.CreateOptimizer(), Options(settings, data.Training, threads), model.Normalization);
    }

    /// <summary>What the run is called among others; null if it is alone.</summary>
    public string? Title { get; set; }

    private long Parameters => _model.Network.TrainableParameters.Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Makes the model that is to be trained, from the one that the run starts from if there is one.</summary>
    /// <exception cref="CommandException">The network cannot be made, or not be frozen as asked for.</exception>
    public static Model CreateModel(Terminal terminal, TrainSettings settings, TrainingData data)
    {
        // Its limits were checked when the line was read, and what is unknown in it was named.
        Model? start = settings.From is { } path ? StartingModel.Load(path, trusted: true, terminal: null) : null;
        IReadOnlyList<string> classes = data.Training.ClassNames;
        Network network = start is not null ? StartingModel.For(classes, start, settings, terminal)
            : settings.Network is not null ? NetworkFile.Create(settings, data.Training.ImageShape, classes.Count, terminal)
            : ModelChoice.Create(settings.Model, data.Training.ImageShape, classes.Count, settings.Seed);
        StartingModel.Freeze(network, settings, terminal);
        var info = new Dictionary<string, string>
        {
            ["dataset"] = settings.Dataset,
            ["epochs"] = settings.Epochs.ToString(CultureInfo.InvariantCulture),
            ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (settings.Recipe is { } recipe)
            info["recipe"] = recipe;
        if (settings.Augment is { } augmentation)
            info["augment"] = augmentation;
        data.Kept?.WriteTo(info);
        if (settings.From is { } from)
            info["from"] = from;
        if (settings.Freeze is { } frozen)
            info["frozen"] = frozen;
        var model = new Model(network, classes, start?.Normalization ?? Normalization.Of(data.Training), info, background: [settings.Ground.Red, settings.Ground.Green, settings.Ground.Blue]);
        // The first layer of a model that was trained before belongs to what was built upon it.
        if (start is null)
            PatchWhitening.Apply(network, data.Training, model.Normalization);
        return model;
    }

    /// <summary>Prepares a new run of a model that <see cref="CreateModel"/> made, or makes now.</summary>
    public static TrainRun Start(Terminal terminal, TrainSettings settings, TrainingData data, RunFolder folder, int? threads, Model? model = null) =>
        new(terminal, settings, data, folder, threads, model ?? CreateModel(terminal, settings, data));

    /// <summary>Prepares a run to go on from its checkpoint.</summary>
    public static TrainRun Resume(Terminal terminal, TrainSettings settings, TrainingData data, RunFolder folder, int? threads, RunCheckpoint checkpoint)
    {
        if (!data.Training.ClassNames.SequenceEqual(checkpoint.Data.Model.ClassNames, ComposedText.Comparer))
            throw new CommandException($"the run in {folder.Path} tells {string.Join(", ", checkpoint.Data.Model.ClassNames)} apart, the data set now has {string.Join(", ", data.Training.ClassNames)}; go on with the data it was started with");
        StartingModel.Freeze(checkpoint.Data.Model.Network, settings, terminal);
        var run = new TrainRun(terminal, settings, data, folder, threads, checkpoint.Data.Model);
        checkpoint.Restore(run._trainer);
        if (checkpoint.Data.VectorBits is { } bits && bits != CheckpointData.VectorBitsHere)
            terminal.Say($"warning: the run was made with vectors of {bits} bits so far, this process computes with {CheckpointData.VectorBitsHere}: sums differ in their last digits, and so will the weights from those of a run that was not interrupted; FOVEA_SIMD={bits} asks for {bits} bits");
        // A process that was killed may have written its checkpoint, but not yet its history.
        run.TrySave("history", () => folder.SaveHistory(checkpoint.State));
        return run;
    }

    /// <summary>Trains to the end and measures the result; null if it was interrupted, with a checkpoint saved.</summary>
    public TrainReport? Execute()
    {
        string settings = JsonSerializer.Serialize(_settings, ReportJson.Default.TrainSettings);
        _terminal.Say($"{_settings.Model} on {_data.Training.Name}: {Format.Count(_data.Training.Count)} samples to learn from, "
            + $"{Format.Count(_data.Validation?.Count ?? 0)} for validation, {Format.Count(_data.Test?.Count ?? 0)} for the test; "
            + $"{Format.Count(Parameters)} parameters");
        if (SmallBatches.Warning(_model.Network, _data.Training.Count, _settings.BatchSize, _settings.DropLast) is { } warning)
            _terminal.Say($"warning: {warning}");
        bool isSaved = true;
        _trainer.EpochCompleted += _ => isSaved = TrySave("checkpoint", () => Save(settings));
        _terminal.EndsInGoodOrder = true;
        TrainingEnd end = TrainingProgress.Show(_terminal, _trainer, Title, () => _trainer.Run(_data.Training, _data.Validation, _terminal.Cancellation));
        if (end == TrainingEnd.Cancelled)
        {
            Save(settings);
            return null;
        }
        SaveModel();
        // The model is that of all epochs, and so should be its history, with or without a checkpoint.
        if (!isSaved)
            TrySave("history", () => _folder.SaveHistory(_trainer.State));
        IDataset? judged = _data.Test ?? _data.Validation;
        Judgement? judgement = null;
        Judgement? viewed = null;
        if (judged is not null)
        {
            judgement = Judgement.Of(_model, judged, _threads, null, CancellationToken.None);
            viewed = ViewsOption.ViewsOf(_settings.Views) is { } views ? Judgement.Of(_model, judged, _threads, views, CancellationToken.None) : null;
        }
        TryReport(judgement, viewed);
        return new TrainReport(
            _folder.Path, _folder.ModelPath, _folder.CheckpointPath, end, _settings, _trainer.State.History, Report(judgement), Report(viewed),
            SampleGuesses.Of(_model, judged ?? _data.Training));
    }

    /// <summary>What came out of it, in short.</summary>
    public RunSummary Summary(string name, TrainReport report, RunTime time) => new(
        name, _settings.Seed, _data.Training.Count, Parameters, report.End, report.History.Count, report.Test, report.TestWithViews, time);

    private EvaluationReport? Report(Judgement? judgement) =>
        judgement is null ? null : EvaluationTables.Report(judgement.Data.Name, judgement.Metrics, _model.ClassNames);

    /// <summary>Where an interrupted run stands.</summary>
    public string Position => $"epoch {_trainer.State.Epoch + 1}, after {_trainer.State.Batch} of its batches";

    /// <summary>The model is safe already, so a page that cannot be written does not fail the run.</summary>
    private void TryReport(Judgement? judgement, Judgement? viewed)
    {
        try
        {
            TrainingState state = _trainer.State;
            long batches = state.Step / Math.Max(state.Epoch, 1), updates = (batches + _settings.Accumulate - 1) / _settings.Accumulate;
            ReportFile.Write(_folder.ReportPath, _model, judgement, state.History, _terminal, viewed,
                RateCurve.Of(_settings.CreateSchedule(), _settings.LearningRate, updates, _settings.Epochs, state.Epoch), _data.Notes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _terminal.Say($"warning: the report cannot be written: {FoveaApp.OneLine(error.Message)}");
        }
    }

    /// <summary>A disk that is full now may have room at the next epoch: hours of work are not given up for it.</summary>
    private bool TrySave(string what, Action save)
    {
        try
        {
            save();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _terminal.Say($"warning: the {what} cannot be written: {FoveaApp.OneLine(error.Message)}; training goes on, the next epoch tries again");
            return false;
        }
    }

    private void SaveModel()
    {
        try
        {
            ModelFile.Save(_folder.ModelPath, _model);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the model cannot be written: {FoveaApp.OneLine(error.Message)}; once it can, 'fovea train --resume --out {Format.Path(_folder.Path)}' writes it", error);
        }
    }

    private void Save(string settings)
    {
        _folder.SaveCheckpoint(_trainer, _model, _settings.Seed, settings);
        _folder.SaveHistory(_trainer.State);
    }

    /// <summary>How a run goes by its settings.</summary>
    public static TrainingOptions Options(TrainSettings settings, IDataset training, int? threads) => new()
    {
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        Accumulate = settings.Accumulate,
        DropLast = settings.DropLast,
        Seed = settings.Seed,
        Threads = threads ?? Environment.ProcessorCount,
        Loss = settings.CreateLoss(settings.Balance == "weights" ? ClassBalance.Of(training).Weights : null),
        Augmenter = settings.CreateAugmenter(),
        BalancedClasses = settings.Balance == "sampling",
        Schedule = settings.CreateSchedule(),
        MaxGradientNorm = settings.Clip ?? double.PositiveInfinity,
        AverageDecay = settings.AverageDecay,
        Patience = settings.Patience,
    };
}
