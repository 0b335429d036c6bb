using System.Diagnostics;
using System.Numerics.Tensors;
using Fovea.Data;
using Fovea.Diagnostics;
using Fovea.Execution;
using Fovea.Execution.Workers;
using Fovea.Metrics;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Serialization;

namespace Fovea.Training;

/// <summary>
/// Trains a network on a data set: epochs over shuffled mini-batches, a look at the validation samples after each, the
/// best weights kept. Same seed, same weights, for any number of threads, interrupted or not.
/// </summary>
public sealed class Trainer
{
    private const int SensedSamples = 16;

    private readonly OneCaller _caller = new("this trainer is already running in another call; networks that are trained at once need a trainer, an optimiser and weights each");

    private readonly TrainingOptions _options;
    private readonly Normalization? _normalization;
    private WeightAverage? _average;

    /// <summary>Prepares a run; the optimiser gets fresh state unless it already has some (from a checkpoint).</summary>
    /// <param name="network">Trained in place.</param>
    /// <param name="optimizer">Its learning rate now is the base that the schedule scales.</param>
    /// <param name="options">How the run goes.</param>
    /// <param name="normalization">What is done to every image; nothing if null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Trainer(Network network, Optimizer optimizer, TrainingOptions? options = null, Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        Network = network;
        Optimizer = optimizer;
        BaseLearningRate = optimizer.LearningRate;
        _options = (options ?? new TrainingOptions()).Check();
        _normalization = normalization;
        int[] lengths = [.. network.TrainableParameters.Select(parameter => parameter.Value.Length)];
        if (optimizer.States.Count == 0)
            optimizer.Prepare(lengths);
        else if (optimizer.States.Count != lengths.Length || optimizer.States.Where((states, p) => states.Any(state => state.Length != lengths[p])).Any())
            throw new ArgumentException("the optimiser's state is of another network; give every run an optimiser of its own", nameof(optimizer));
    }

    /// <summary>What is trained.</summary>
    public Network Network { get; }

    /// <summary>What moves the weights.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>What the schedule scales.</summary>
    public float BaseLearningRate { get; }

    /// <summary>Where the run stands. Set it, together with weights and optimiser state, to resume.</summary>
    public TrainingState State { get; set; } = new();

    /// <summary>Raised after every step. Whoever listens must not allocate if the step is not to.</summary>
    public event Action<BatchResult>? BatchCompleted;

    /// <summary>Raised after every epoch, when <see cref="State"/> is up to date: the place to save a checkpoint.</summary>
    public event Action<EpochResult>? EpochCompleted;

    /// <summary>Trains until all epochs are made, the patience is at its end, or it is cancelled.</summary>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to measure on; null for nothing.</param>
    /// <param name="cancellation">Ends the run after the step in progress, with <see cref="State"/> up to date.</param>
    /// <exception cref="ArgumentException">Network and data do not match.</exception>
    /// <exception cref="InvalidOperationException">Another call runs.</exception>
    /// <exception cref="TrainingDivergedException">Loss, outputs or weights are no longer numbers. The weights are those of the failing step.</exception>
    public TrainingEnd Run(IDataset training, IDataset? validation = null, CancellationToken cancellation = default)
    {
        using OneCaller.Stay stay = _caller.Enter();
        using Activity? activity = Telemetry.Activities.StartActivity("fovea.train");
        activity?.SetTag("fovea.network", Network.Name).SetTag("fovea.samples", training.Count).SetTag("fovea.epochs", _options.Epochs);
        using var feed = new TrainingFeed(Network, training, _options, _normalization);
        var model = new Model(Network, normalization: _normalization);
        Evaluator? evaluator = validation is null ? null : new Evaluator(model, validation, threads: _options.Threads);
        Evaluator? few = null;
        feed.Plan.StepCount = State.Step;
        _average = _options.AverageDecay is { } decay ? new WeightAverage(Network, decay, _options.Threads, State.Averages) : null;
        State = State with { Averages = _average?.Values };
        try
        {
            while (State.Epoch < _options.Epochs)
            {
                if (IsOutOfPatience())
                    return End(TrainingEnd.StoppedEarly);
                long start = Stopwatch.GetTimestamp();
                if (!RunEpoch(feed, cancellation))
                {
                    RequireSense(Few().Evaluate(cancellation: CancellationToken.None));
                    return TrainingEnd.Cancelled;
                }
                CompleteEpoch(evaluator ?? Few(), isValidation: evaluator is not null, start, activity);
            }
            return End(TrainingEnd.Completed);
        }
        finally
        {
            Optimizer.LearningRate = BaseLearningRate;
        }

        // Where nothing else is measured, a few training samples tell whether the last step led astray.
        Evaluator Few() => few ??= new Evaluator(
            model, new Subset(training, [.. Enumerable.Range(0, Math.Min(training.Count, SensedSamples))]), threads: _options.Threads);
    }

    /// <summary>One epoch, or what is left of it; false if it was cancelled before its end.</summary>
    private bool RunEpoch(TrainingFeed feed, CancellationToken cancellation)
    {
        Plan plan = feed.Plan;
        int batches = feed.BatchCount;
        long updatesPerEpoch = ((long)batches + _options.Accumulate - 1) / _options.Accumulate, totalUpdates = _options.Epochs * updatesPerEpoch;
        long step = State.Step;
        double lossSum = State.LossSum;
        long correct = State.Correct, seen = State.Samples;
        int batch = State.Batch;
        if (batch < 0 || batch > batches || State.Step != (long)State.Epoch * batches + batch)
            throw new ArgumentException($"the run stands at step {State.Step}, in batch {batch} of epoch {State.Epoch + 1}; with {batches} batches an epoch that cannot be: the data or the batch size is not that of the run");
        feed.Batches.StartEpoch(State.Epoch, batch);
        // Gradients that wait for others are not part of a checkpoint: what was begun is completed first.
        while (batch < batches && !(cancellation.IsCancellationRequested && batch % _options.Accumulate == 0))
        {
            BatchQueue.Slot samples = feed.Batches.Take();
            long update = State.Epoch * updatesPerEpoch + batch / _options.Accumulate;
            Optimizer.LearningRate = (float)(BaseLearningRate * _options.Schedule.Factor(update, totalUpdates, updatesPerEpoch));
            double loss = plan.TrainingStep(samples.Images, samples.Targets, _options.Loss);
            if (!double.IsFinite(loss))
                throw Diverged($"the loss became {loss} in epoch {State.Epoch + 1}, batch {batch + 1}");
            Move(plan, isLast: (batch + 1) % _options.Accumulate == 0 || batch + 1 == batches);

            correct += CountCorrect(plan.Outputs, samples.Labels);
            seen += samples.Count;
            lossSum += loss * samples.Count;
            step++;
            batch++;
            Telemetry.Learnt(samples.Count);
            BatchCompleted?.Invoke(new BatchResult(
                State.Epoch + 1, _options.Epochs, batch, batches, samples.Count, loss, lossSum / seen, (double)correct / seen, Optimizer.LearningRate));
        }
        State = State with { Batch = batch, Step = step, LossSum = lossSum, Correct = correct, Samples = seen };
        return batch == batches;
    }

    /// <summary>Moves the weights, or keeps the gradients until others have joined them.</summary>
    private void Move(Plan plan, bool isLast)
    {
        if (_options.Accumulate > 1)
            plan.Accumulate();
        if (!isLast)
            return;
        plan.Update(Optimizer, _options.MaxGradientNorm);
        _average?.Add(Optimizer.StepCount);
    }

    private void CompleteEpoch(Evaluator evaluator, bool isValidation, long start, Activity? activity)
    {
        // What is judged and kept is the average, if there is one; training goes on with the weights themselves.
        _average?.Swap();
        ClassificationMetrics? metrics;
        bool isBest;
        float[][]? best;
        try
        {
            ClassificationMetrics measured = evaluator.Evaluate();
            RequireSense(measured);
            metrics = isValidation ? measured : null;
            isBest = metrics is not null && IsBetter(metrics);
            best = isBest ? [.. Network.Parameters.Select(parameter => parameter.Value.Values.ToArray())] : State.BestParameters;
        }
        finally
        {
            _average?.Swap();
        }
        var result = new EpochResult(
            State.Epoch + 1, State.LossSum / State.Samples, (double)State.Correct / State.Samples, metrics?.CrossEntropy,
            metrics?.Accuracy, Optimizer.LearningRate, Stopwatch.GetElapsedTime(start).TotalSeconds, isBest);
        State = new TrainingState
        {
            Epoch = State.Epoch + 1,
            Step = State.Step,
            History = [.. State.History, result],
            BestParameters = best,
            Averages = State.Averages,
        };
        Telemetry.CompleteEpoch(activity, result.Epoch, result.Seconds, result.Loss, result.ValidationLoss, result.ValidationAccuracy);
        EpochCompleted?.Invoke(result);
    }

    /// <summary>
    /// The loss of a batch tells of the steps before it: after the last one, before anything is kept of it, weights and
    /// outputs must still be numbers. A rectifier may hide a weight that is none.
    /// </summary>
    private void RequireSense(ClassificationMetrics metrics)
    {
        if (Network.Parameters.FirstOrDefault(parameter => !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(parameter.Value.Values))) is { } parameter)
            throw Diverged($"weights of {parameter.Name} are no numbers any more in epoch {State.Epoch + 1}");
        if (!double.IsFinite(metrics.CrossEntropy))
            throw Diverged($"the loss became {metrics.CrossEntropy} by the last step of epoch {State.Epoch + 1}");
    }

    private TrainingDivergedException Diverged(string what) =>
        new($"{what}, at learning rate {Optimizer.LearningRate:G3}: try a learning rate ten times smaller, a warm-up, or clipped gradients");

    /// <summary>More samples recognised, or as many with a smaller loss; never a loss that is no number.</summary>
    private bool IsBetter(ClassificationMetrics metrics) =>
        double.IsFinite(metrics.CrossEntropy)
        && (State.Best is not { } best
            || metrics.Accuracy > best.ValidationAccuracy
            || (metrics.Accuracy == best.ValidationAccuracy && metrics.CrossEntropy < best.ValidationLoss));

    private bool IsOutOfPatience() =>
        _options.Patience is { } patience && State.Best is { } best && State.Batch == 0 && State.Epoch - best.Epoch >= patience;

    private TrainingEnd End(TrainingEnd end)
    {
        if ((_options.KeepBest ? State.BestParameters : null) is { } best)
            SetParameters(best);
        else if (_average is not null)
            SetParameters(_average.Values);
        return end;
    }

    private void SetParameters(float[][] values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(Network.Parameters[i].Value.Span);
    }

    private static int CountCorrect(ReadOnlySpan<float> outputs, ReadOnlySpan<int> labels)
    {
        int correct = 0, classes = outputs.Length / labels.Length;
        for (int n = 0; n < labels.Length; n++)
            if (Ranking.ArgMax(outputs.Slice(n * classes, classes)) == labels[n])
                correct++;
        return correct;
    }
}
