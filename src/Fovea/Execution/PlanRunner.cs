using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// Drives slices of the batch through the stages. The slices are dealt out to a fixed number of queues, which depends
/// on the batch and the network but not on the threads; the slices of a queue run one after the other and add their
/// parameter gradients to a buffer of the queue's. So every sum has one order, whoever computes it.
/// </summary>
internal sealed unsafe class PlanRunner : Runner, IWork
{
    private const int MostQueues = 16;
    private const long MostGradientFloats = 64 << 20;

    private readonly PlanLayout _layout;
    private readonly int _lanes;
    private readonly bool _keepsActivations;
    private readonly Stage[] _forward;
    private readonly Stage[] _backward = [];
    private readonly Stage[] _training = [];
    private readonly PlanMemory[] _memories;
    private readonly Workspace[] _workspaces;
    private readonly AlignedBuffer[] _parameterGradients;
    private readonly LateGradients? _late;
    private Stage _stage = null!;

    /// <summary>The caller's samples, while a run reads them.</summary>
    private float* _input;

    /// <summary>What runs, in order.</summary>
    public PlanLayout Layout => _layout;

    public PlanRunner(PlanLayout layout, PlanOptions options, Shape inputShape, int lanes, int slices)
        : base(options, inputShape, layout.Nodes[^1].OutputShape)
    {
        _layout = layout;
        _lanes = lanes;
        bool training = options.Mode == PlanMode.Training;
        _forward = Stage.Make(layout, forward: true, loss: false, backward: false, inputGradient: false);
        if (training)
        {
            _backward = Stage.Make(layout, forward: false, loss: false, backward: true, options.InputGradient);
            _training = Stage.Make(layout, forward: true, loss: true, backward: true, options.InputGradient);
        }
        _keepsActivations = options.KeepActivations || _forward.Length > 1 || _training.Length > 1;

        int memories = _keepsActivations ? slices : Math.Min(slices, options.Threads);
        int gradients = training ? layout.ActivationLength : 0;
        _memories = [.. Enumerable.Range(0, memories).Select(_ => new PlanMemory(layout.ActivationLength, gradients, layout.StateLength))];
        _workspaces = [.. Enumerable.Range(0, training ? Math.Min(options.Threads, WorkerPool.MaxThreads) : Math.Min(slices, options.Threads)).Select(_ => new Workspace(layout.ScratchLength, layout.SumLength))];
        int queues = training ? Math.Min(slices, (int)Math.Clamp(MostGradientFloats / Math.Max(1, layout.ParameterLength), 2, MostQueues)) : 0;
        _parameterGradients = [.. Enumerable.Range(0, queues).Select(queue => new AlignedBuffer(checked(layout.ParameterLength + (queue == 0 ? layout.LateLength : 0))))];
        if (training)
            _late = new LateGradients(layout, _parameterGradients, _workspaces);
        ParameterOffsets = [.. layout.Nodes.SelectMany(node => node.ParameterOffsets).Where(offset => offset >= 0)];
    }

    public override int[] ParameterOffsets { get; }

    /// <summary>The first queue's, to which all others are added.</summary>
    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => _parameterGradients.AsSpan(0, 1);

    private int Slices => (Count + _lanes - 1) / _lanes;

    private int Queues => _parameterGradients.Length == 0 ? Slices : Math.Min(_parameterGradients.Length, Slices);

    public override void Forward(ReadOnlySpan<float> input, int count) => Run(_forward, input, count);

    public override void Backward()
    {
        Run(_backward);
        _late!.Run(Slices, Queues, Options.Threads);
    }

    public override void Step(ReadOnlySpan<float> input, int count)
    {
        Run(_training, input, count);
        _late!.Run(Slices, Queues, Options.Threads);
    }

    private void Run(Stage[] stages, ReadOnlySpan<float> input, int count)
    {
        Count = count;
        fixed (float* samples = input)
        {
            _input = samples;
            Run(stages);
        }
        _input = null;
    }

    private void Run(Stage[] stages)
    {
        foreach (Stage stage in stages)
        {
            _stage = stage;
            WorkerPool.Shared.Run(this, Queues, Options.Threads);
            if (stage.Combine is not { } combine)
                continue;
            if (combine.Kind == StepKind.Forward)
                combine.Node!.Operator.CombineForward(combine.Pass, Count);
            else
                combine.Node!.Operator.CombineBackward(combine.Pass, Count);
        }
    }

    void IWork.Do(int item, int worker)
    {
        for (int slice = item; slice < Slices; slice += Queues)
            foreach (Step step in _stage.Steps)
                Do(step, slice, item, worker);
    }

    private void Do(Step step, int slice, int queue, int worker)
    {
        PlanMemory memory = _memories[_keepsActivations ? slice : worker];
        int first = slice * _lanes, count = Math.Min(_lanes, Count - first), inputs = InputShape.Length, outputs = OutputShape.Length;
        PlanNode last = _layout.Nodes[^1];
        switch (step.Kind)
        {
            case StepKind.Load:
                Lanes.Interleave(new ReadOnlySpan<float>(_input + (nint)first * inputs, count * inputs), memory.Activations.Span[..(inputs * _lanes)], _lanes);
                break;
            case StepKind.Forward:
                step.Node!.Operator.Forward(View(step.Node, memory, slice, count, queue, worker), step.Pass);
                break;
            case StepKind.Store:
                Lanes.Deinterleave(memory.Activations.Span.Slice(last.OutputOffset, last.OutputLength), Outputs.Span.Slice(first * outputs, count * outputs), _lanes);
                break;
            case StepKind.Loss:
                EvaluateLoss(first, count);
                break;
            case StepKind.LoadGradient:
                if (slice == queue)
                    _parameterGradients[queue].Span[.._layout.ParameterLength].Clear();
                Lanes.Interleave(OutputGradients.Span.Slice(first * outputs, count * outputs), memory.Gradients.Span.Slice(last.OutputOffset, last.OutputLength), _lanes);
                break;
            case StepKind.Backward:
                Slice view = View(step.Node!, memory, slice, count, queue, worker);
                step.Node!.Operator.Backward(view, step.Pass);
                if (step.Pass == step.Node.Operator.BackwardPasses - 1)
                    AddInputGradients(step.Node, view, memory);
                break;
            case StepKind.StoreGradient:
                Lanes.Deinterleave(memory.Gradients.Span[..(inputs * _lanes)], InputGradient.Span.Slice(first * inputs, count * inputs), _lanes);
                break;
        }
    }

    private Slice View(PlanNode node, PlanMemory memory, int slice, int count, int queue, int worker) =>
        new(node, memory, _workspaces[worker], _parameterGradients.Length == 0 ? [] : _parameterGradients[queue].Span[.._layout.ParameterLength], slice, count, Options.Seed, StepCount);

    private static void AddInputGradients(PlanNode node, in Slice view, PlanMemory memory)
    {
        for (int i = 0; i < node.Targets.Length; i++)
            if (node.Targets[i] == GradientTarget.Add)
            {
                Span<float> total = memory.Gradients.Span.Slice(node.InputOffsets[i], node.InputLengths[i]);
                System.Numerics.Tensors.TensorPrimitives.Add(total, view.InputGradient(i), total);
            }
    }

    public override Tensor Read(int node, bool gradient)
    {
        PlanNode? planned = node < 0 ? null : _layout.Nodes[node];
        Shape shape = planned?.OutputShape ?? InputShape;
        var result = new Tensor(new Shape([Count, .. shape.ToArray()]));
        Span<float> rows = result.Span;
        int offset = planned?.OutputOffset ?? 0, length = shape.Length;
        for (int slice = 0; slice < Slices; slice++)
        {
            int first = slice * _lanes, count = Math.Min(_lanes, Count - first);
            Span<float> source = (gradient ? _memories[slice].Gradients : _memories[slice].Activations).Span;
            Lanes.Deinterleave(source.Slice(offset, length * _lanes), rows.Slice(first * length, count * length), _lanes);
        }
        return result;
    }
}
