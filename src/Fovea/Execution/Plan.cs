using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Execution.Workers;
using Fovea.Kernels.Simd;
using Fovea.Losses;
using Fovea.Networks;
using Fovea.Optimizers;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// How a network runs here: compiled once for an input shape and a batch, it then runs without allocating. What it computes
/// is said by <see cref="PlanOptions"/>. It runs on the network's parameters as they were written
/// through <see cref="Tensor.Span"/>, taken after the last run; a span that was kept from before may go unnoticed.
/// <para>
/// A plan serves one caller at a time: a call that comes while another runs throws <see cref="InvalidOperationException"/>
/// and disturbs nothing. Threads that work at once need a plan each; plans share the network's parameters, and may be
/// compiled and run from any number of threads while nobody changes those.
/// </para>
/// </summary>
public sealed class Plan
{
    private readonly OneCaller _caller = new(
        "this plan is already running in another call; a plan serves one caller at a time: compile one for each thread with network.Compile(...), they share the network's parameters");

    private readonly Runner _runner;
    private readonly ParameterUpdate? _update;

    /// <summary>Whether a backward of the caller's own came since the last update: a step that nobody has counted yet.</summary>
    private bool _stepIsOpen;

    /// <summary>The weight of the last gradients among others: the sum of their samples' weights.</summary>
    private double _gradientWeight;

    /// <summary>The value that the last <see cref="Forward(ReadOnlySpan{float})"/> ended at; null after a training step, which keeps nothing for a backward.</summary>
    private int? _end;

    private bool _hasOutputs;

    /// <summary>Whether there are gradients of parameters, and whether there are gradients of the last run's activations.</summary>
    private bool _hasGradients;
    private bool _hasActivationGradients;

    private Plan(Network network, PlanOptions options)
    {
        if (options.Batch < 1)
            throw new ArgumentOutOfRangeException(nameof(options), $"a plan's batch must be 1 or more, got {options.Batch}");
        if (options.Threads < 1)
            throw new ArgumentOutOfRangeException(nameof(options), $"a plan's threads must be 1 or more, got {options.Threads}");
        Network = network;
        Options = options;
        InputShape = options.InputShape ?? network.InputShape;
        if (network.Inputs.Count > 1 && InputShape != network.InputShape)
            throw new Layers.ShapeException($"network '{network.Name}' has several inputs, {network.InputShape.Length} numbers in all, and cannot take {InputShape}");
        PlanBytes.Require(network, options, InputShape);
        _runner = BlockedRunner.Suits(network, options, InputShape) ? new BlockedRunner(network, options, InputShape) : new SlicedRunner(network, options, InputShape);
        if (options.ParameterGradients)
            _update = new ParameterUpdate(network, _runner);
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
    /// <exception cref="InvalidOperationException">The last run ended at a node before the output.</exception>
    public ReadOnlySpan<float> Outputs => _hasOutputs || Count == 0
        ? _runner.Outputs.Span[..(Count * OutputShape.Length)]
        : throw new InvalidOperationException($"the last run ended at '{_runner.Graph.NameOf(_end ?? ExecutionGraph.Input)}' and has no outputs; run Forward without a node");

    /// <summary>The loss of every sample of the last <see cref="TrainingStep"/>: (count).</summary>
    public ReadOnlySpan<float> Losses => _runner.Losses.Span[..Math.Min(Count, _runner.Losses.Length)];

    /// <summary>The gradient with respect to the input, if it was asked for: (count, C, H, W).</summary>
    /// <exception cref="InvalidOperationException">The plan was not compiled with <see cref="PlanOptions.InputGradient"/>, or no backward has run.</exception>
    public ReadOnlySpan<float> InputGradient
    {
        get
        {
            if (!Options.InputGradient)
                throw new InvalidOperationException("the plan computes no input gradient; compile it with InputGradient = true");
            RequireBackward(_hasActivationGradients);
            return _runner.InputGradient.Span[..(Count * InputShape.Length)];
        }
    }

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
        Run(input, _runner.Graph.Output);
        return Outputs;
    }

    /// <summary>One of several outputs of the last run: (count, …).</summary>
    /// <param name="name">One of <see cref="Network.Outputs"/>.</param>
    /// <exception cref="KeyNotFoundException">No output has this name.</exception>
    /// <exception cref="InvalidOperationException">The plan has not run to its outputs.</exception>
    public Tensor ReadOutput(string name)
    {
        int index = Network.Outputs.ToList().FindIndex(part => part.Name == name);
        if (index < 0)
            throw new KeyNotFoundException($"no output is named '{name}'{Nearest.Question(name, Network.Outputs.Select(part => part.Name))}; there are {string.Join(", ", Network.Outputs.Select(part => part.Name))}");
        RequireRun();
        ReadOnlySpan<float> outputs = Outputs;
        // For another input shape than the network's own, outputs are others, too.
        Shape[] shapes = Network.Outputs.Count == 1 ? [OutputShape] : _runner.Graph.InputShapesOf(Network.Nodes.Count - 1);
        int offset = shapes.Take(index).Sum(shape => shape.Length), length = shapes[index].Length;
        var tensor = new Tensor(new Shape([Count, .. shapes[index].ToArray()]));
        for (int n = 0; n < Count; n++)
            outputs.Slice(n * OutputShape.Length + offset, length).CopyTo(tensor.Span[(n * length)..]);
        return tensor;
    }

    /// <summary>Runs the network up to a node, and nothing that the node does not need.</summary>
    /// <param name="input">(count, C, H, W), count from 1 to the batch.</param>
    /// <param name="node">A node that is kept, see <see cref="PlanOptions.KeepActivations"/>; read it with <see cref="ReadActivation"/>.</param>
    /// <exception cref="KeyNotFoundException">No node has this name.</exception>
    /// <exception cref="ArgumentException">The input is not a whole number of samples, or more than the batch.</exception>
    /// <exception cref="InvalidOperationException">The node is not kept, or another call runs.</exception>
    public void Forward(ReadOnlySpan<float> input, string node)
    {
        using OneCaller.Stay stay = _caller.Enter();
        Run(input, RequireKept(node));
    }

    private void Run(ReadOnlySpan<float> input, int value)
    {
        _runner.Forward(input, CountOf(input), value);
        _end = value;
        _hasOutputs = value == _runner.Graph.Output;
        _hasActivationGradients = false;
    }

    /// <summary>Computes the gradients that the plan was compiled for, after <see cref="Forward(ReadOnlySpan{float})"/>; any number of times.</summary>
    /// <param name="outputGradient">(count, outputs), of the same samples.</param>
    /// <exception cref="InvalidOperationException">The plan computes no gradients, the last run was no Forward to the output, or another call runs.</exception>
    /// <exception cref="ArgumentException">The gradient does not have the outputs' length.</exception>
    public void Backward(ReadOnlySpan<float> outputGradient)
    {
        using OneCaller.Stay stay = _caller.Enter();
        RunBackward(_runner.Graph.Output, Network.Nodes.Count - 1, outputGradient);
    }

    /// <summary>
    /// Computes the gradients that the plan was compiled for, of a quantity whose gradient with respect to one node is given.
    /// What the node does not depend on gets gradients of zero.
    /// </summary>
    /// <param name="node">The node's name.</param>
    /// <param name="gradient">(count, C, H, W) of that node, of the same samples as the last Forward.</param>
    /// <exception cref="KeyNotFoundException">No node has this name.</exception>
    /// <exception cref="InvalidOperationException">
    /// The plan computes no gradients, the node is not kept (<see cref="PlanOptions.KeepActivations"/>), the last run did not reach it, or another call runs.
    /// </exception>
    /// <exception cref="ArgumentException">The gradient does not have the node's length.</exception>
    public void Backward(string node, ReadOnlySpan<float> gradient)
    {
        using OneCaller.Stay stay = _caller.Enter();
        RunBackward(RequireKept(node), NumberOf(node), gradient);
    }

    private void RunBackward(int value, int node, ReadOnlySpan<float> gradient)
    {
        RequireGradients();
        RequireRun();
        if (_end is not { } end)
            throw new InvalidOperationException("a training step keeps nothing for another backward; call Forward first");
        RequireReached(value, end);
        if (!_runner.Graph.ReachesOutput(node))
            throw new InvalidOperationException($"no gradients are computed from '{_runner.Graph.NameOf(node)}': the output of network '{Network.Name}' does not depend on it; make it one of the outputs");
        int length = _runner.Graph.ShapeOf(node).Length;
        if (gradient.Length != Count * length)
            throw new ArgumentException($"{Count} samples have {Count * length} gradients of '{_runner.Graph.NameOf(node)}', got {gradient.Length}", nameof(gradient));
        _runner.Backward(value, gradient);
        _hasGradients = _hasActivationGradients = true;
        _stepIsOpen = true;
        _gradientWeight = Count;
    }

    /// <summary>
    /// Forward, loss and backward in one: afterwards <see cref="Outputs"/>, <see cref="Losses"/> and the gradients of
    /// the mean loss are there. Parameters do not change before <see cref="Update"/>.
    /// </summary>
    /// <param name="input">(count, C, H, W), count from 1 to the batch.</param>
    /// <param name="targets">(count, outputs): one-hot rows, or any distribution.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="InvalidOperationException">The plan is for inference, or another call runs.</exception>
    /// <exception cref="ArgumentException">Lengths do not fit.</exception>
    public double TrainingStep(ReadOnlySpan<float> input, ReadOnlySpan<float> targets, Loss loss)
    {
        using OneCaller.Stay stay = _caller.Enter();
        ArgumentNullException.ThrowIfNull(loss);
        RequireGradients();
        if (loss.ExpectsLogits && Network.Nodes[^1].Layer is Layers.Softmax softmax)
            throw new InvalidOperationException(softmax.IsOverAll(OutputShape)
                ? $"{loss.GetType().Name} applies softmax itself, and network '{Network.Name}' ends in one: compile network.WithoutSoftmax()"
                : $"{loss.GetType().Name} takes all outputs of a sample for one distribution, and network '{Network.Name}' ends in a softmax that makes several of {OutputShape}");
        int count = CountOf(input);
        if (targets.Length != count * OutputShape.Length)
            throw new ArgumentException($"{count} samples have {count * OutputShape.Length} targets, got {targets.Length}", nameof(targets));
        double weight = _runner.SetTargets(targets, count, loss);
        _gradientWeight = weight;
        _runner.Step(input, count);
        _runner.StepCount++;
        _end = null;
        _hasOutputs = _hasGradients = _hasActivationGradients = true;
        double sum = 0;
        foreach (float value in Losses)
            sum += value;
        return sum / weight;
    }

    /// <summary>
    /// Keeps the gradients of the last <see cref="TrainingStep"/> or <see cref="Backward(ReadOnlySpan{float})"/> for the next
    /// <see cref="Update"/>, which then takes the mean of all that were kept, each weighted by its samples: several batches
    /// move the parameters as one large one would.
    /// </summary>
    /// <exception cref="InvalidOperationException">The plan is for inference, has not run yet, or another call runs.</exception>
    public void Accumulate()
    {
        using OneCaller.Stay stay = _caller.Enter();
        RequireParameterGradients();
        RequireBackward(_hasGradients);
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
        RequireParameterGradients();
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
    /// <exception cref="InvalidOperationException">The plan computes no parameters' gradients, the parameter is frozen, or no backward has run.</exception>
    public ReadOnlySpan<float> Gradient(int trainableParameter)
    {
        RequireParameterGradients();
        Parameter parameter = Network.TrainableParameters[trainableParameter];
        if (!parameter.Learns || _runner.ParameterOffsets[trainableParameter] < 0)
            throw new InvalidOperationException($"parameter '{parameter.Name}' was frozen when the plan was compiled, and gets no gradient");
        RequireBackward(_hasGradients);
        return _update!.Gradient(trainableParameter);
    }

    /// <summary>The output of a node in the last run: (count, C, H, W). In int8 plans, the values that its bytes stand for.</summary>
    /// <param name="node">The node's name, or <c>input</c>.</param>
    /// <exception cref="KeyNotFoundException">No node has this name.</exception>
    /// <exception cref="InvalidOperationException">The node is not kept (<see cref="PlanOptions.KeepActivations"/>), the last run did not reach it, or another call runs.</exception>
    public Tensor ReadActivation(string node)
    {
        using OneCaller.Stay stay = _caller.Enter();
        int value = RequireKept(node);
        RequireRun();
        if (_end is { } end)
            RequireReached(value, end);
        return Read(node, gradient: false);
    }

    /// <summary>The gradient with respect to a node's output in the last backward: (count, C, H, W).</summary>
    /// <param name="node">The node's name, or <c>input</c>.</param>
    /// <exception cref="KeyNotFoundException">No node has this name.</exception>
    /// <exception cref="InvalidOperationException">
    /// The gradient was not asked for (<see cref="PlanOptions.NodeGradients"/>), the output does not depend on the node, no backward has run, or another call runs.
    /// </exception>
    public Tensor ReadGradient(string node)
    {
        using OneCaller.Stay stay = _caller.Enter();
        ExecutionGraph graph = _runner.Graph;
        int value = graph.ValueOf(NumberOf(node));
        if (!graph.WantsGradient(value))
            throw new InvalidOperationException($"the plan does not keep the gradient of '{node}'; compile it with NodeGradients = [\"{node}\"], or NodeSelection.All");
        if (!graph.HasGradient(value))
            throw new InvalidOperationException($"'{node}' has no gradient: the output of network '{Network.Name}' does not depend on it");
        RequireBackward(_hasActivationGradients);
        return Read(node, gradient: true);
    }

    private Tensor Read(string node, bool gradient)
    {
        int number = NumberOf(node);
        var result = new Tensor(new Shape([Count, .. _runner.Graph.ShapeOf(number).ToArray()]));
        _runner.Read(number, gradient, result.Span);
        return result;
    }

    private int NumberOf(string node) => node == NetworkBuilder.Input ? ExecutionGraph.Input : Network.IndexOf(node);

    /// <summary>The value of a node that is kept.</summary>
    private int RequireKept(string node)
    {
        int value = _runner.Graph.ValueOf(NumberOf(node));
        return _runner.Graph.IsKept(value)
            ? value
            : throw new InvalidOperationException($"the plan does not keep the output of '{node}'; compile it with KeepActivations = [\"{node}\"], or NodeSelection.All");
    }

    private void RequireReached(int value, int end)
    {
        if (value != end && end != _runner.Graph.Output && value != ExecutionGraph.Input && !_runner.Graph.DependsOn(end, value))
            throw new InvalidOperationException($"the last run ended at '{_runner.Graph.NameOf(end)}' and did not reach '{_runner.Graph.NameOf(value)}'");
    }

    /// <summary>
    /// How the plan runs the network, step by step, and what is expected of each: an estimate, the network does not run.
    /// </summary>
    /// <param name="core">What one core can do; measured now if not given.</param>
    public PlanDescription Describe(CoreFigures? core = null) =>
        new PlanDescriber(_runner.Graph, core ?? CoreFigures.Measure()).Describe(_runner);

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

    private void RequireBackward(bool done)
    {
        RequireRun();
        if (!done)
            throw new InvalidOperationException("there are no gradients yet; call Backward or TrainingStep first");
    }

    private void RequireGradients()
    {
        if (!Options.HasGradients)
            throw new InvalidOperationException("the plan computes no gradients; compile it with PlanOptions.Training, or with ParameterGradients, InputGradient or NodeGradients");
    }

    private void RequireParameterGradients()
    {
        if (!Options.ParameterGradients)
            throw new InvalidOperationException("the plan computes no gradients of parameters; compile it with PlanOptions.Training, or with ParameterGradients = true");
    }
}
