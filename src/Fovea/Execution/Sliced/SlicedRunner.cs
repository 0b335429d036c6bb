using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Kernels;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced;

/// <summary>
/// Drives slices of the batch through the phases. The slices are dealt out to a fixed number of queues, which depends
/// on the batch and the network but not on the threads; the slices of a queue run one after the other and add their
/// parameter gradients to a buffer of the queue's. So every sum has one order, whoever computes it.
/// </summary>
internal sealed unsafe class SlicedRunner : Runner
{
    private const int MaxQueues = 16;
    private const long MaxGradientFloats = 64 << 20;

    private readonly SlicedLayout _layout;
    private readonly int _lanes;
    private readonly PhaseRunner _phases = new();
    private readonly Pass _forward;
    private readonly Pass? _backward;
    private readonly Pass? _training;

    /// <summary>One a slice where a later phase or the caller reads what an earlier one wrote, else one a worker. Made when first needed.</summary>
    private readonly SliceMemory?[] _memories;
    private readonly Workspace[] _workspaces;
    private readonly AlignedBuffer[] _parameterGradients;
    private readonly DeferredGradients? _deferred;
    private bool _keepsSlices;

    /// <summary>The value that the run computes, or that backward starts from, and the groups it depends on; null for the output and all.</summary>
    private int _value;
    private HashSet<FusionGroup>? _chosen;

    /// <summary>The caller's samples, while a run reads them.</summary>
    private float* _input;

    /// <summary>The gradient that backward starts from, while a run reads it.</summary>
    private float* _gradient;

    /// <summary>What runs, in order.</summary>
    public SlicedLayout Layout => _layout;

    public SlicedRunner(Network network, PlanOptions options, Shape inputShape) : this(network, options, inputShape, LanesFor(options)) { }

    private SlicedRunner(Network network, PlanOptions options, Shape inputShape, int lanes)
        : this(new ExecutionGraph(network, options, inputShape, new SlicedRules(lanes)), lanes, SlicesFor(options.Batch, lanes)) { }

    private SlicedRunner(ExecutionGraph graph, int lanes, int slices) : this(new SlicedLayout(graph, lanes, slices), lanes, slices) { }

    private SlicedRunner(SlicedLayout layout, int lanes, int slices) : base(layout.Graph)
    {
        _layout = layout;
        _lanes = lanes;
        bool backward = Options.HasGradients;
        _forward = new Pass(this, SlicePhase.Make(layout, forward: true, loss: false, backward: false));
        if (backward)
        {
            _backward = new Pass(this, SlicePhase.Make(layout, forward: false, loss: false, backward: true));
            _training = new Pass(this, SlicePhase.Make(layout, forward: true, loss: true, backward: true));
        }
        int workers = backward ? Math.Min(Options.Threads, WorkerPool.MaxThreads) : Math.Min(slices, Options.Threads);
        _memories = new SliceMemory?[Math.Max(slices, workers)];
        Allocate(KeepsSlices(_training ?? _forward) ? slices : Math.Min(slices, workers));
        _workspaces = [.. Enumerable.Range(0, workers).Select(_ => new Workspace(layout.ScratchLength, layout.SumLength))];
        int queues = backward ? Math.Min(slices, (int)Math.Clamp(MaxGradientFloats / Math.Max(1, layout.ParameterLength), 2, MaxQueues)) : 0;
        _parameterGradients = [.. Enumerable.Range(0, queues).Select(queue => new AlignedBuffer(checked(layout.ParameterLength + (queue == 0 ? layout.DeferredLength : 0))))];
        if (backward)
            _deferred = new DeferredGradients(layout, _parameterGradients, _workspaces, lanes);
        ParameterOffsets = [.. layout.Nodes.SelectMany(node => node.Node.Parameters.Zip(node.ParameterOffsets)).Where(pair => pair.First.IsTrainable).Select(pair => pair.Second)];
    }

    public override int[] ParameterOffsets { get; }

    /// <summary>The first queue's, to which all others are added.</summary>
    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => _parameterGradients.AsSpan(0, Math.Min(1, _parameterGradients.Length));

    /// <summary>From how many samples on a batch is one that vectors of samples pay for.</summary>
    public const int SmallestLargeBatch = 8;

    /// <summary>How many samples lie side by side: 16 in large batches, else 1.</summary>
    public static int LanesFor(PlanOptions options) => options.Lanes ?? (options.Batch >= SmallestLargeBatch ? 16 : 1);

    /// <summary>How many slices of so many samples a batch makes.</summary>
    public static int SlicesFor(int batch, int lanes) => (batch + lanes - 1) / lanes;

    private int Slices => SlicesFor(Count, _lanes);

    private int Queues => _parameterGradients.Length == 0 ? Slices : Math.Min(_parameterGradients.Length, Slices);

    private bool KeepsSlices(Pass pass) => Options.IsRead || pass.Phases > 1;

    private void Allocate(int memories)
    {
        for (int i = 0; i < memories; i++)
            _memories[i] ??= new SliceMemory(_layout.ActivationLength, Options.HasGradients ? _layout.ActivationLength : 0, _layout.StateLength);
    }

    public override void Forward(ReadOnlySpan<float> input, int count, int value)
    {
        Count = count;
        Choose(value);
        // A backward of the caller's own may follow.
        _keepsSlices = KeepsSlices(_forward) || Options.HasGradients;
        if (_keepsSlices)
            Allocate(Slices);
        fixed (float* samples = input)
        {
            _input = samples;
            Run(_forward);
        }
        _input = null;
    }

    public override void Backward(int value, ReadOnlySpan<float> gradient)
    {
        Choose(value);
        fixed (float* start = gradient)
        {
            _gradient = start;
            Run(_backward!);
        }
        _gradient = null;
        _deferred!.Chosen = _chosen;
        Run(_deferred);
    }

    public override void Step(ReadOnlySpan<float> input, int count)
    {
        Count = count;
        Choose(Graph.Output);
        _keepsSlices = KeepsSlices(_training!);
        fixed (float* samples = input, gradient = OutputGradients.Span)
        {
            _input = samples;
            _gradient = gradient;
            Run(_training!);
        }
        _input = _gradient = null;
        _deferred!.Chosen = null;
        Run(_deferred);
    }

    private void Choose(int value)
    {
        _value = value;
        _chosen = ChosenFor(value);
    }

    private bool Runs(SlicedNode node) => _chosen is null || _chosen.Contains(node.Group);

    private void Run(PhasedWork work) => _phases.Run(work, Count, Options.Threads);

    /// <summary>A pass over the batch: phases for all slices, queue by queue, and what is done once in between.</summary>
    private sealed class Pass(SlicedRunner runner, SlicePhase[] phases) : PhasedWork
    {
        public override int Phases => phases.Length;

        public override int Tasks(int phase, int count) => phases[phase].IsForAll ? 1 : runner.Queues;

        public override void Run(int phase, int task, int count, int worker)
        {
            int slices = phases[phase].IsForAll ? 1 : runner.Slices;
            for (int slice = task; slice < slices; slice += runner.Queues)
                foreach (SliceStep step in phases[phase].Steps)
                    if (step.Node is null || runner.Runs(step.Node))
                        runner.Do(step, slice, task, worker);
        }
    }

    private void Do(SliceStep step, int slice, int queue, int worker)
    {
        SliceMemory memory = _memories[_keepsSlices ? slice : worker]!;
        int first = slice * _lanes, count = Math.Min(_lanes, Count - first), inputs = InputShape.Length, outputs = OutputShape.Length;
        switch (step.Kind)
        {
            case StepKind.Load:
                Lanes.Interleave(new ReadOnlySpan<float>(_input + (nint)first * inputs, count * inputs), memory.Activations.Span[..(inputs * _lanes)], _lanes);
                break;
            case StepKind.Forward:
                step.Node!.Operator.Forward(View(step.Node, memory, slice, count, queue, worker), step.Pass);
                break;
            case StepKind.CombineForward:
                step.Node!.Operator.CombineForward(step.Pass, Count);
                break;
            case StepKind.Store:
                if (_chosen is null)
                    Lanes.Deinterleave(ValueIn(memory.Activations, Graph.Output), Outputs.Span.Slice(first * outputs, count * outputs), _lanes);
                break;
            case StepKind.Loss:
                EvaluateLoss(first, count);
                break;
            case StepKind.LoadGradient:
                LoadGradient(memory, first, count);
                if (slice == queue)
                    _parameterGradients[queue].Span[.._layout.ParameterLength].Clear();
                break;
            case StepKind.Backward:
                step.Node!.Backward(View(step.Node, memory, slice, count, queue, worker), step.Pass, memory);
                break;
            case StepKind.CombineBackward:
                step.Node!.Operator.CombineBackward(step.Pass, Count);
                break;
            case StepKind.StoreGradient:
                Lanes.Deinterleave(memory.Gradients.Span[..(inputs * _lanes)], InputGradient.Span.Slice(first * inputs, count * inputs), _lanes);
                break;
        }
    }

    private Span<float> ValueIn(AlignedBuffer buffer, int value)
    {
        (int offset, int length) = _layout.PlaceOf(value);
        return buffer.Span.Slice(offset, length);
    }

    /// <summary>Lays out the gradient that backward starts from; those that a node would write which does not run are zero.</summary>
    private void LoadGradient(SliceMemory memory, int first, int count)
    {
        if (_chosen is not null)
            foreach (SlicedNode node in _layout.Backward)
                for (int i = 0; i < node.Targets.Length; i++)
                    if (node.Targets[i] == GradientTarget.Write && !Runs(node))
                        memory.Gradients.Span.Slice(node.InputOffsets[i], node.InputLengths[i]).Clear();
        int length = Graph.ShapeOf(_value).Length;
        Lanes.Interleave(new ReadOnlySpan<float>(_gradient + (nint)first * length, count * length), ValueIn(memory.Gradients, _value), _lanes);
    }

    private Slice View(SlicedNode node, SliceMemory memory, int slice, int count, int queue, int worker) =>
        new(node, memory, _workspaces[worker], _parameterGradients.Length == 0 ? [] : _parameterGradients[queue].Span[.._layout.ParameterLength], slice, count, Options.Seed, StepCount);

    public override void Read(int node, bool gradient, Span<float> destination)
    {
        int value = Graph.ValueOf(node), length = Graph.ShapeOf(node).Length;
        for (int slice = 0; slice < Slices; slice++)
        {
            int first = slice * _lanes, count = Math.Min(_lanes, Count - first);
            SliceMemory memory = _memories[slice]!;
            Lanes.Deinterleave(ValueIn(gradient ? memory.Gradients : memory.Activations, value), destination.Slice(first * length, count * length), _lanes);
        }
    }
}
