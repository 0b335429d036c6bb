using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Pages;
using Fovea.Runs.Series;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Training;

namespace Fovea.Runs.Training;

/// <summary>A training run in its folder: started or resumed, watched, saved, measured.</summary>
public sealed class TrainRun
{
    private readonly RunContext _context;
    private readonly TrainSettings _settings;
    private readonly TrainingData _data;
    private readonly RunFolder _folder;
    private readonly Model _model;
    private readonly Trainer _trainer;

    private TrainRun(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, Model model)
    {
        (_context, _settings, _data, _folder, _model) = (context, settings, data, folder, model);
        _trainer = new Trainer(model.Network, settings.CreateOptimizer(), Options(settings, data.Training, context.Threads), model.Normalization);
    }

    /// <summary>What the run is called among others; null if it is alone.</summary>
    public string? Title { get; init; }

    /// <summary>What came out of it; null until it is done, and if it was interrupted.</summary>
    public TrainReport? Report { get; private set; }

    private long Parameters => _model.Network.TrainableParameters.Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Makes the model that is to be trained, from the one that the run starts from if there is one.</summary>
    /// <exception cref="RunException">The network cannot be made, or not be frozen as asked for.</exception>
    public static Model CreateModel(TrainSettings settings, TrainingData data, IProgress<RunEvent>? progress = null)
    {
        // Its limits were checked when the line was read, and what is unknown in it was named.
        Model? start = settings.From is { } path ? StartingModel.Load(path, trusted: true, progress: null) : null;
        IReadOnlyList<string> classes = data.Training.ClassNames;
        Network network = start is not null ? StartingModel.For(classes, start, settings, progress)
            : settings.Network is not null ? NetworkFile.Create(settings, data.Training.ImageShape, classes.Count, progress)
            : PresetChoice.Create(settings.Model, data.Training.ImageShape, classes.Count, settings.Seed);
        StartingModel.Freeze(network, settings, progress);
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
        data.HeldOut?.WriteTo(info);
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
    /// <param name="settings">How it goes.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="folder">Where it is saved.</param>
    /// <param name="context">What it has around it.</param>
    /// <param name="model">The model; made now if null.</param>
    /// <param name="title">What the run is called among others; null if it is alone.</param>
    public static TrainRun Start(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, Model? model = null, string? title = null) =>
        new(settings, data, folder, context, model ?? CreateModel(settings, data, context.Progress)) { Title = title };

    /// <summary>Prepares a run to go on from its checkpoint.</summary>
    /// <exception cref="RunException">The data have other classes.</exception>
    public static TrainRun Resume(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, RunCheckpoint checkpoint, string? title = null)
    {
        IProgress<RunEvent>? progress = context.Progress;
        if (!data.Training.ClassNames.SequenceEqual(checkpoint.Data.Model.ClassNames, ComposedText.Comparer))
            throw new RunException($"the run in {folder.Path} tells {string.Join(", ", checkpoint.Data.Model.ClassNames)} apart, the data set now has {string.Join(", ", data.Training.ClassNames)}; go on with the data it was started with");
        StartingModel.Freeze(checkpoint.Data.Model.Network, settings, progress);
        var run = new TrainRun(settings, data, folder, context, checkpoint.Data.Model) { Title = title };
        checkpoint.Restore(run._trainer);
        if (checkpoint.Data.VectorBits is { } bits && bits != CheckpointData.VectorBitsHere)
            progress.Warn($"the run was made with vectors of {bits} bits so far, this process computes with {CheckpointData.VectorBitsHere}: sums differ in their last digits, and so will the weights from those of a run that was not interrupted; FOVEA_SIMD={bits} asks for {bits} bits");
        // A process that was killed may have written its checkpoint, but not yet its history.
        run.TrySave("history", () => folder.SaveHistory(checkpoint.State));
        return run;
    }

    /// <summary>Trains to the end and measures the result; null if it was interrupted, with a checkpoint saved.</summary>
    /// <exception cref="TrainingDivergedException">Loss, outputs or weights are no longer numbers.</exception>
    /// <exception cref="RunException">The model cannot be written, or its outputs are no numbers.</exception>
    public TrainReport? Execute() => Report = Execute(_context.Progress, _context.Cancellation);

    /// <summary>
    /// Trains as <see cref="Execute()"/> does, in a thread of its own, and gives the epochs as they are made; then
    /// <see cref="Report"/> is there. Whoever stops reading ends the run, with a checkpoint saved.
    /// </summary>
    /// <param name="cancellation">Asks the run to save a checkpoint and to end, as the context's does; then the epochs end, too.</param>
    /// <exception cref="TrainingDivergedException">Loss, outputs or weights are no longer numbers.</exception>
    /// <exception cref="RunException">The model cannot be written, or its outputs are no numbers.</exception>
    public async IAsyncEnumerable<EpochProgress> EpochsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var epochs = Channel.CreateUnbounded<EpochProgress>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _context.Cancellation);
        var work = Task.Run(() => Work(end.Token), CancellationToken.None);
        try
        {
            await foreach (EpochProgress epoch in epochs.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return epoch;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            Report = await work.ConfigureAwait(false);
        }

        TrainReport? Work(CancellationToken token)
        {
            try
            {
                return Execute(new EpochTap(_context.Progress, epochs.Writer), token);
            }
            finally
            {
                epochs.Writer.Complete();
            }
        }
    }

    private TrainReport? Execute(IProgress<RunEvent>? progress, CancellationToken cancellation)
    {
        string settings = _settings.ToJson();
        progress.Say($"{_settings.Model} on {_data.Training.Name}: {Format.Count(_data.Training.Count)} samples to learn from, "
            + $"{Format.Count(_data.Validation?.Count ?? 0)} for validation, {Format.Count(_data.Test?.Count ?? 0)} for the test; "
            + $"{Format.Count(Parameters)} parameters");
        if (SmallBatches.Warning(_model.Network, _data.Training.Count, _settings.BatchSize, _settings.DropLast) is { } warning)
            progress.Warn($"{warning}");
        bool isSaved = true;
        var meter = new SpeedMeter(Title, progress);
        _trainer.BatchCompleted += meter.Count;
        _trainer.EpochCompleted += Complete;
        progress?.Report(new TrainingStarted(Title));
        TrainingEnd end;
        try
        {
            end = _trainer.Run(_data.Training, _data.Validation, cancellation);
        }
        finally
        {
            _trainer.BatchCompleted -= meter.Count;
            _trainer.EpochCompleted -= Complete;
        }
        progress?.Report(new TrainingEnded(Title, end));
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
        ModelEvaluation? evaluation = null;
        ModelEvaluation? viewed = null;
        if (judged is not null)
        {
            evaluation = ModelEvaluation.Of(_model, judged, _context.Threads, null, CancellationToken.None);
            viewed = _settings.CreateViews() is { } views ? ModelEvaluation.Of(_model, judged, _context.Threads, views, CancellationToken.None) : null;
        }
        TryReport(evaluation, viewed);
        return new TrainReport(
            _folder.Path, _folder.ModelPath, _folder.CheckpointPath, end, _settings, _trainer.State.History, Measured(evaluation), Measured(viewed),
            SampleGuesses.Of(_model, judged ?? _data.Training));

        void Complete(EpochResult epoch)
        {
            isSaved = TrySave("checkpoint", () => Save(settings));
            progress?.Report(new EpochProgress(Title, epoch, meter.TakeEpochSpeed()));
        }
    }

    /// <summary>What came out of it, in short.</summary>
    public RunSummary Summary(string name, TrainReport report, RunTime time) => new(
        name, _settings.Seed, _data.Training.Count, Parameters, report.End, report.History.Count, report.Test, report.TestWithViews, time);

    private EvaluationReport? Measured(ModelEvaluation? evaluation) =>
        evaluation is null ? null : EvaluationReports.Of(evaluation.Data.Name, evaluation.Metrics, _model.ClassNames);

    /// <summary>Where an interrupted run stands.</summary>
    public string Position => $"epoch {_trainer.State.Epoch + 1}, after {_trainer.State.Batch} of its batches";

    /// <summary>The model is safe already, so a page that cannot be written does not fail the run.</summary>
    private void TryReport(ModelEvaluation? evaluation, ModelEvaluation? viewed)
    {
        try
        {
            TrainingState state = _trainer.State;
            long batches = state.Step / Math.Max(state.Epoch, 1), updates = (batches + _settings.Accumulate - 1) / _settings.Accumulate;
            ReportFile.Write(_folder.ReportPath, _model, evaluation, state.History, _context.Command, _context.Progress, viewed,
                RateCurve.Of(_settings.CreateSchedule(), _settings.LearningRate, updates, _settings.Epochs, state.Epoch), _data.Notes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _context.Progress.Warn($"the report cannot be written: {ErrorText.OneLine(error.Message)}");
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
            _context.Progress.Warn($"the {what} cannot be written: {ErrorText.OneLine(error.Message)}; training goes on, the next epoch tries again");
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
            throw new RunException($"the model cannot be written: {ErrorText.OneLine(error.Message)}; once it can, 'fovea train --resume --out {Format.Path(_folder.Path)}' writes it", error);
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

    /// <summary>Passes everything on, and epochs to a reader, too.</summary>
    private sealed class EpochTap(IProgress<RunEvent>? progress, ChannelWriter<EpochProgress> epochs) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            progress?.Report(value);
            if (value is EpochProgress epoch)
                epochs.TryWrite(epoch);
        }
    }
}
