using Fovea.Execution.Blocked;
using Fovea.Execution.Quantized;
using Fovea.Kernels.Simd;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// How a network runs here: compiled once for an input shape, a batch and a mode, it then runs without allocating. It
/// reads the network's parameters afresh in every run.
/// <para>
/// A plan serves one caller at a time: a call that comes while another runs throws <see cref="InvalidOperationException"/>
/// and disturbs nothing. Threads that work at once need a plan each; plans share the network's parameters, and may be
/// compiled and run from any number of threads while nobody changes those.
/// </para>
/// </summary>
public sealed class Plan
{
    private const int LanesOfLargeBatches = 16;
    private const int SmallestLargeBatch = 8;

    private readonly OneCaller _caller = new(
        "this plan is already running in another call; a plan serves one caller at a time: compile one for each thread with network.Compile(...), they share the network's parameters");

    private readonly Runner _runner;
    private readonly ParameterUpdate? _update;

    /// <summary>Whether a backward of the caller's own came since the last update: a step that nobody has counted yet.</summary>
    private bool _stepIsOpen;

    /// <summary>The weight of the last gradients among others: the sum of their samples' weights.</summary>
    private double _gradientWeight;

    private Plan(Network network, PlanOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Threads);
        Network = network;
        Options = options;
        InputShape = options.InputShape ?? network.InputShape;
        bool blocked = options.Quantization is null && (options.Blocked ?? BlockedRunner.Suits(network, options, InputShape));
        PlanBytes.Require(network, options, InputShape);
        _runner = options.Quantization is not null ? new QuantizedRunner(network, options, InputShape)
            : blocked
            ? new BlockedRunner(network, options, InputShape)
            : InSlices(network, options, InputShape);
        if (options.Mode == PlanMode.Training)
            _update = new ParameterUpdate(network, _runner);
    }

    private static PlanRunner InSlices(Network network, PlanOptions options, Shape inputShape)
    {
        int lanes = options.Lanes ?? (options.Batch >= SmallestLargeBatch ? LanesOfLargeBatches : 1);
        int slices = (options.Batch + lanes - 1) / lanes;
        return new PlanRunner(new PlanLayout(network, options, inputShape, lanes, slices), options, inputShape, lanes, slices);
    }

    /// <summary>The network that runs.</summary>
    public Network Network { get; }

    /// <summary>How it was compiled.</summary>
    public PlanOptions Options { get; }

    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of one output sample.</summary>
    public Shape OutputShape => _runner.OutputShape;

    /// <summary>How many samples the last run had.</summary>
    public int Count => _runner.Count;

    /// <summary>The outputs of the last run: (count, outputs).</summary>
    public ReadOnlySpan<float> Outputs => _runner.Outputs.Span[..(Count * OutputShape.Length)];

    /// <summary>The loss of every sample of the last <see cref="TrainingStep"/>: (count).</summary>
    public ReadOnlySpan<float> Losses => Options.Mode == PlanMode.Training ? _runner.Losses.Span[..Count] : [];

    /// <summary>The gradient with respect to the input, if it was asked for: (count, C, H, W).</summary>
    /// <exception cref="InvalidOperationException">The plan was not compiled with <see cref="PlanOptions.InputGradient"/>.</exception>
    public ReadOnlySpan<float> InputGradient => Options.InputGradient && Options.Mode == PlanMode.Training
        ? _runner.InputGradient.Span[..(Count * InputShape.Length)]
        : throw new InvalidOperationException("the plan computes no input gradient; compile it for training with InputGradient set");

    /// <summary>Compiles a network. <c>network.Compile(options)</c> is the short form.</summary>
    /// <exception cref="Layers.ShapeException">The network cannot take the input shape, or the batch needs more memory than there is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Batch or threads are not positive.</exception>
    public static Plan Compile(Network network, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        SimdWidth.RequireKnown();
        options ??= new PlanOptions();
        try
        {
            return new Plan(network, options);
        }
        catch (OverflowException error)
        {
            throw new Layers.ShapeException(
                $"network '{network.Name}' is too large for {options.InputShape ?? network.InputShape} at a batch of {options.Batch}: a buffer would pass 2³¹ numbers; try a smaller batch or input", error);
        }
    }

    /// <summary>Runs the network.</summary>
    /// <param name="input">(count, C, H, W), count from 1 to the batch.</param>
    /// <returns>(count, outputs), valid until the next run.</returns>
    /// <exception cref="ArgumentException">The input is not a whole number of samples, or more than the batch.</exception>
    /// <exception cref="InvalidOperationException">Another call runs.</exception>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> input)
    {
        using OneCaller.Stay stay = _caller.Enter();
        _runner.Forward(input, CountOf(input));
        return Outputs;
    }

    /// <summary>
    /// Computes the gradients of all parameters (and of the input, if asked for) after <see cref="Forward"/>.
    /// </summary>
    /// <param name="outputGradient">(count, outputs), of the same samples.</param>
    /// <exception cref="InvalidOperationException">The plan is for inference, forgets its activations, has not run yet, or another call runs.</exception>
    /// <exception cref="ArgumentException">The gradient does not have the outputs' length.</exception>
    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        using OneCaller.Stay stay = _caller.Enter();
        RequireTraining();
        if (!Options.KeepActivations)
            throw new InvalidOperationException("the plan forgets its activations; compile it with KeepActivations for a backward of its own");
        RequireRun();
        if (outputGradient.Length != Count * OutputShape.Length)
            throw new ArgumentException($"{Count} samples have {Count * OutputShape.Length} output gradients, got {outputGradient.Length}", nameof(outputGradient));
        outputGradient.CopyTo(_runner.OutputGradients.Span);
        _runner.Backward();
        _stepIsOpen = true;
        _gradientWeight = Count;
    }

    /// <summary>
    /// Forward, loss and backward in one: afterwards <see cref="Outputs"/>, <see cref="Losses"/> and the gradients of
    /// the mean loss are there. Parameters do not change before <see cref="Update"/>.
    /// </summary>
    /// <param name="input">(count, C, H, W), count from 1 to the batch.</param>
    /// <param name="targets">(count, outputs): one-hot rows, or any distribution.</param>
    /// <param name="loss">What to make small.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="InvalidOperationException">The plan is for inference, or another call runs.</exception>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public double TrainingStep(ReadOnlySpan<float> input, ReadOnlySpan<float> targets, Loss loss)
    {
        using OneCaller.Stay stay = _caller.Enter();
        ArgumentNullException.ThrowIfNull(loss);
        RequireTraining();
        if (loss.ExpectsLogits && Network.Nodes[^1].Layer is Layers.Softmax)
            throw new InvalidOperationException($"{loss.GetType().Name} applies softmax itself, and network '{Network.Name}' ends in one: compile network.WithoutSoftmax()");
        int count = CountOf(input);
        if (targets.Length != count * OutputShape.Length)
            throw new ArgumentException($"{count} samples have {count * OutputShape.Length} targets, got {targets.Length}", nameof(targets));
        double weight = _runner.SetTargets(targets, count, loss);
        _gradientWeight = weight;
        _runner.Step(input, count);
        _runner.StepCount++;
        double sum = 0;
        foreach (float value in Losses)
            sum += value;
        return sum / weight;
    }

    /// <summary>
    /// Keeps the gradients of the last <see cref="TrainingStep"/> or <see cref="Backward"/> for the next
    /// <see cref="Update"/>, which then takes the mean of all that were kept, each weighted by its samples: several batches
    /// move the parameters as one large one would.
    /// </summary>
    /// <exception cref="InvalidOperationException">The plan is for inference, has not run yet, or another call runs.</exception>
    public void Accumulate()
    {
        using OneCaller.Stay stay = _caller.Enter();
        RequireTraining();
        RequireRun();
        CloseStep();
        _update!.Gather(_gradientWeight);
    }

    /// <summary>Moves the network's parameters against the gradients of the last backward, or the mean of those that were kept.</summary>
    /// <param name="optimizer">Prepared for the network's trainable parameters.</param>
    /// <param name="maxNorm">The gradients are scaled down to this norm if theirs, over all parameters, is larger.</param>
    /// <returns>The norm of all gradients before scaling, or 0 if no <paramref name="maxNorm"/> was given.</returns>
    /// <exception cref="InvalidOperationException">The plan is for inference, or another call runs.</exception>
    public double Update(Optimizer optimizer, double maxNorm = double.PositiveInfinity)
    {
        using OneCaller.Stay stay = _caller.Enter();
        ArgumentNullException.ThrowIfNull(optimizer);
        RequireTraining();
        CloseStep();
        return _update!.Apply(optimizer, maxNorm);
    }

    private void CloseStep()
    {
        if (_stepIsOpen)
            _runner.StepCount++;
        _stepIsOpen = false;
    }

    /// <summary>How many training steps were made; it names dropout's random streams, so a resumed run sets it.</summary>
    public long StepCount
    {
        get => (long)_runner.StepCount;
        set => _runner.StepCount = (ulong)value;
    }

    /// <summary>The gradient of one of <see cref="Network.TrainableParameters"/>, summed over the batch, in its order.</summary>
    /// <exception cref="InvalidOperationException">The plan is for inference, or has not run yet.</exception>
    public ReadOnlySpan<float> Gradient(int trainableParameter)
    {
        RequireTraining();
        RequireRun();
        return _update!.Gradient(trainableParameter);
    }

    /// <summary>The activation of a node in the last run: (count, C, H, W).</summary>
    /// <param name="node">The node's name, or <c>input</c>.</param>
    /// <exception cref="KeyNotFoundException">No node has this name.</exception>
    /// <exception cref="InvalidOperationException">The plan forgets its activations, or another call runs.</exception>
    public Tensor ReadActivation(string node) => Read(node, gradient: false);

    /// <summary>The gradient with respect to a node's output in the last backward: (count, C, H, W).</summary>
    /// <inheritdoc cref="ReadActivation"/>
    public Tensor ReadGradient(string node)
    {
        RequireTraining();
        return Read(node, gradient: true);
    }

    /// <summary>
    /// Reads the network's parameters again. Plans that lay out weights their own way take a copy of them when they are
    /// compiled (large maps and small batches, in inference); call this after parameters have changed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another call runs.</exception>
    public void Refresh()
    {
        using OneCaller.Stay stay = _caller.Enter();
        _runner.Refresh();
    }

    private Tensor Read(string node, bool gradient)
    {
        using OneCaller.Stay stay = _caller.Enter();
        if (!Options.KeepActivations)
            throw new InvalidOperationException("the plan forgets its activations; compile it with KeepActivations");
        RequireRun();
        return _runner.Read(node == NetworkBuilder.Input ? -1 : Network.IndexOf(node), gradient);
    }

    /// <summary>
    /// How the plan runs the network, step by step, and what is expected of each: an estimate, the network does not run.
    /// </summary>
    /// <param name="core">What one core can do; measured now if not given.</param>
    /// <exception cref="InvalidOperationException">The network runs in bytes.</exception>
    public PlanDescription Describe(CoreFigures? core = null) =>
        new PlanDescriber(Network, Options, core ?? CoreFigures.Measure()).Describe(_runner);

    private int CountOf(ReadOnlySpan<float> input)
    {
        int count = input.Length / InputShape.Length;
        return input.Length % InputShape.Length == 0 && count >= 1 && count <= Options.Batch
            ? count
            : throw new ArgumentException($"a plan for at most {Options.Batch} samples of {InputShape} takes a multiple of {InputShape.Length} floats, got {input.Length}", nameof(input));
    }

    private void RequireRun()
    {
        if (Count == 0)
            throw new InvalidOperationException("the plan has not run yet");
    }

    private void RequireTraining()
    {
        if (Options.Mode != PlanMode.Training)
            throw new InvalidOperationException("the plan is for inference; compile it with PlanMode.Training");
    }
}

/// <summary>The short form of compiling.</summary>
public static class PlanExtensions
{
    /// <summary>Compiles the network to run as the options say; for one sample, in inference, unless given.</summary>
    /// <inheritdoc cref="Plan.Compile"/>
    public static Plan Compile(this Network network, PlanOptions? options = null) => Plan.Compile(network, options);
}
