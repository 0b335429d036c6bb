using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Runs.Datasets;
using Fovea.Runs.Evaluation;
using Fovea.Runs.Models;
using Fovea.Runs.Pages;
using Fovea.Runs.Settings;
using Fovea.Runs.Text;
using Fovea.Serialization;
using Fovea.Training;
using Fovea.Training.Transfer;

namespace Fovea.Runs.Training;

/// <summary>A training run in its folder: started or resumed, watched, saved, measured.</summary>
internal sealed class TrainRun
{
    private readonly RunContext _context;
    private readonly TrainSettings _settings;
    private readonly TrainingData _data;
    private readonly RunFolder _folder;
    private readonly Model _model;
    private readonly Trainer _trainer;
    private readonly TransferStart? _features;

    /// <param name="settings">How it goes.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="folder">Where it is saved.</param>
    /// <param name="context">What it has around it.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="features">What the model, a head, learns from in place of images; null for images.</param>
    private TrainRun(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, Model model, TransferStart? features = null)
    {
        (_context, _settings, _data, _folder, _model, _features) = (context, settings, data, folder, model, features);
        Optimizer optimizer = settings.CreateOptimizer();
        if (settings.Unfreeze is not null)
            optimizer.RateFactors = TransferStart.RatesOf(model.Network, settings);
        TrainingOptions options = TrainingSetup.OptionsOf(settings, data.Training, context.Threads);
        _trainer = features is null
            ? new Trainer(model.Network, optimizer, options, model.Normalization)
            : new Trainer(model.Network, optimizer, options with { Augmenter = null });
    }

    /// <summary>What the run is called among others; null if it is alone.</summary>
    public string? Title { get; init; }

    private long Parameters => _model.Network.TrainableParameters.Sum(parameter => (long)parameter.Value.Length);

    /// <summary>Prepares a new run.</summary>
    /// <param name="settings">How it goes.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="folder">Where it is saved.</param>
    /// <param name="context">What it has around it.</param>
    /// <param name="title">What the run is called among others; null if it is alone.</param>
    public static TrainRun Start(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, string? title = null) =>
        settings.IsTransfer && settings.Unfreeze is null && TrainingSetup.Features(settings, data, context) is { } features
            ? new(settings, data, folder, context, features.CreateHead(), features) { Title = title }
            : new(settings, data, folder, context, TrainingSetup.CreateModel(settings, data, context)) { Title = title };

    /// <summary>Prepares a run to go on from its checkpoint.</summary>
    /// <exception cref="RunException">The data have other classes.</exception>
    public static TrainRun Resume(TrainSettings settings, TrainingData data, RunFolder folder, RunContext context, RunCheckpoint checkpoint, string? title = null)
    {
        IProgress<RunEvent>? progress = context.Progress;
        if (!data.Training.ClassNames.SequenceEqual(checkpoint.Data.Model.ClassNames, ComposedText.Comparer))
            throw new RunException($"the run in {folder.Path} tells {string.Join(", ", checkpoint.Data.Model.ClassNames)} apart, the data set now has {string.Join(", ", data.Training.ClassNames)}; go on with the data it was started with");
        StartingModel.Freeze(checkpoint.Data.Model.Network, settings, progress);
        TransferStart? features = settings.IsTransfer && settings.Unfreeze is null ? TrainingSetup.Features(settings, data, context) : null;
        var run = new TrainRun(settings, data, folder, context, checkpoint.Data.Model, features) { Title = title };
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
    public TrainReport? Execute()
    {
        IProgress<RunEvent>? progress = _context.Progress;
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
            end = _features is not null ? _trainer.Run(_features.Training, _features.Validation, _context.Cancellation)
                : _settings.Unfreeze == "gradual" ? RunGradually()
                : _trainer.Run(_data.Training, _data.Validation, _context.Cancellation);
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
        Model model = _features is null ? _model : TrainingSetup.Joined(_settings, _data, _features.Join(_model.Network));
        SaveModel(model);
        // The model is that of all epochs, and so should be its history, with or without a checkpoint.
        if (!isSaved)
            TrySave("history", () => _folder.SaveHistory(_trainer.State));
        IDataset? judged = _data.Test ?? _data.Validation;
        ModelEvaluation? evaluation = null;
        ModelEvaluation? viewed = null;
        if (judged is not null)
        {
            evaluation = _features is null
                ? ModelEvaluation.Of(model, judged, _context.Threads, null, CancellationToken.None)
                : ModelEvaluation.OfHead(_model, _features.Of(judged), judged, _context.Threads);
            viewed = _settings.CreateViews() is { } views ? ModelEvaluation.Of(model, judged, _context.Threads, views, CancellationToken.None) : null;
        }
        TryReport(model, evaluation, viewed);
        return new TrainReport(
            _folder.Path, _folder.ModelPath, _folder.CheckpointPath, end, _settings, _trainer.State.History, Measured(evaluation), Measured(viewed),
            SampleGuesses.Of(model, judged ?? _data.Training))
        { IsText = model.Text is not null };

        void Complete(EpochResult epoch)
        {
            isSaved = TrySave("checkpoint", () => Save(settings));
            progress?.Report(new EpochProgress(Title, epoch, meter.TakeEpochSpeed()));
        }
    }

    /// <summary>Trains as <see cref="Trainer.Run"/> does, with more layers from epoch to epoch: plans are compiled for those that learn.</summary>
    private TrainingEnd RunGradually()
    {
        while (true)
        {
            LayerRates.Unfreeze(_model.Network, _trainer.State.Epoch, _settings.Epochs);
            using var stage = CancellationTokenSource.CreateLinkedTokenSource(_context.Cancellation);
            void Look(EpochResult epoch)
            {
                if (epoch.Epoch < _settings.Epochs && LayerRates.Unfreeze(_model.Network, epoch.Epoch, _settings.Epochs))
                    stage.Cancel();
            }
            _trainer.EpochCompleted += Look;
            TrainingEnd end;
            try
            {
                end = _trainer.Run(_data.Training, _data.Validation, stage.Token);
            }
            finally
            {
                _trainer.EpochCompleted -= Look;
            }
            if (end != TrainingEnd.Cancelled || _context.Cancellation.IsCancellationRequested)
                return end;
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
    private void TryReport(Model model, ModelEvaluation? evaluation, ModelEvaluation? viewed)
    {
        try
        {
            TrainingState state = _trainer.State;
            long batches = state.Step / Math.Max(state.Epoch, 1), updates = (batches + _settings.Accumulate - 1) / _settings.Accumulate;
            ReportFile.Write(_folder.ReportPath, model, evaluation, state.History, _context.Command, _context.Progress, viewed,
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

    private void SaveModel(Model model)
    {
        try
        {
            ModelFile.Save(_folder.ModelPath, model);
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
}
