using Fovea.Kernels;
using Fovea.Losses;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// Drives slices of the batch through the stages. The slices are dealt out to a fixed number of queues, which depends
/// on the batch and the network but not on the threads; the slices of a queue run one after the other and add their
/// parameter gradients to a buffer of the queue's. So every sum has one order, whoever computes it.
/// </summary>
internal sealed class PlanRunner : IWork
{
    private const int MostQueues = 16;
    private const long MostGradientFloats = 64 << 20;

    private readonly PlanLayout _layout;
    private readonly PlanOptions _options;
    private readonly Shape _inputShape;
    private readonly Shape _outputShape;
    private readonly int _lanes;
    private readonly PlanMemory[] _memories;
    private readonly Workspace[] _workspaces;
    private readonly AlignedBuffer _input;
    private readonly AlignedBuffer _targets;
    private readonly AlignedBuffer[] _parameterGradients;
    private Stage _stage = null!;
    private Loss? _loss;
    private float _lossScale;

    public PlanRunner(PlanLayout layout, PlanOptions options, Shape inputShape, Shape outputShape, int lanes, int slices, bool keepsActivations)
    {
        _layout = layout;
        _options = options;
        _inputShape = inputShape;
        _outputShape = outputShape;
        _lanes = lanes;
        KeepsActivations = keepsActivations;
        bool training = options.Mode == PlanMode.Training;

        int memories = keepsActivations ? slices : Math.Min(slices, options.Threads);
        int gradients = training ? layout.ActivationLength : 0;
        _memories = [.. Enumerable.Range(0, memories).Select(_ => new PlanMemory(layout.ActivationLength, gradients, layout.StateLength))];
        _workspaces = [.. Enumerable.Range(0, Math.Min(slices, options.Threads)).Select(_ => new Workspace(layout.ScratchLength, layout.SumLength))];
        int queues = training ? Math.Min(slices, (int)Math.Clamp(MostGradientFloats / Math.Max(1, layout.ParameterLength), 2, MostQueues)) : 0;
        _parameterGradients = [.. Enumerable.Range(0, queues).Select(_ => new AlignedBuffer(layout.ParameterLength))];

        _input = new AlignedBuffer(checked(options.Batch * inputShape.Length));
        int outputs = checked(options.Batch * outputShape.Length);
        Outputs = new AlignedBuffer(outputs);
        OutputGradients = new AlignedBuffer(training ? outputs : 0);
        _targets = new AlignedBuffer(training ? outputs : 0);
        Losses = new AlignedBuffer(options.Batch);
        InputGradient = new AlignedBuffer(training && options.InputGradient ? options.Batch * inputShape.Length : 0);
    }

    public bool KeepsActivations { get; }
    public int Count { get; private set; }
    public ulong StepCount { get; set; }
    public AlignedBuffer Outputs { get; }
    public AlignedBuffer OutputGradients { get; }
    public AlignedBuffer Losses { get; }
    public AlignedBuffer InputGradient { get; }
    public int Threads => _options.Threads;

    /// <summary>The queues' gradients that the last backward filled; the sum of all is the gradient.</summary>
    public ReadOnlySpan<AlignedBuffer> ParameterGradients => _parameterGradients.AsSpan(0, Math.Min(_parameterGradients.Length, Slices));

    private int Slices => (Count + _lanes - 1) / _lanes;

    private int Queues => _parameterGradients.Length == 0 ? Slices : Math.Min(_parameterGradients.Length, Slices);

    public void Begin(ReadOnlySpan<float> input, int count)
    {
        Count = count;
        input.CopyTo(_input.Span);
    }

    /// <summary>Keeps targets and loss for the coming run; returns the sum of the samples' weights.</summary>
    public double SetTargets(ReadOnlySpan<float> targets, Loss loss)
    {
        targets.CopyTo(_targets.Span);
        int classes = _outputShape.Length;
        double weight = 0;
        for (int n = 0; n < Count; n++)
            weight += loss.Weight(targets.Slice(n * classes, classes));
        _loss = loss;
        _lossScale = (float)(1 / weight);
        return weight;
    }

    public void Run(Stage[] stages)
    {
        foreach (Stage stage in stages)
        {
            _stage = stage;
            WorkerPool.Shared.Run(this, Queues, _options.Threads);
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
        PlanMemory memory = _memories[KeepsActivations ? slice : worker];
        int first = slice * _lanes, count = Math.Min(_lanes, Count - first), inputs = _inputShape.Length, outputs = _outputShape.Length;
        PlanNode last = _layout.Nodes[^1];
        switch (step.Kind)
        {
            case StepKind.Load:
                Lanes.Interleave(_input.Span.Slice(first * inputs, count * inputs), memory.Activations.Span[..(inputs * _lanes)], _lanes);
                break;
            case StepKind.Forward:
                step.Node!.Operator.Forward(View(step.Node, memory, slice, count, queue, worker), step.Pass);
                break;
            case StepKind.Store:
                Lanes.Deinterleave(memory.Activations.Span.Slice(last.OutputOffset, last.OutputLength), Outputs.Span.Slice(first * outputs, count * outputs), _lanes);
                break;
            case StepKind.Loss:
                _loss!.Evaluate(
                    Outputs.Span.Slice(first * outputs, count * outputs), _targets.Span.Slice(first * outputs, count * outputs), outputs,
                    _lossScale, Losses.Span.Slice(first, count), OutputGradients.Span.Slice(first * outputs, count * outputs));
                break;
            case StepKind.LoadGradient:
                if (slice == queue)
                    _parameterGradients[queue].Span.Clear();
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
        new(node, memory, _workspaces[worker], _parameterGradients.Length == 0 ? [] : _parameterGradients[queue].Span, slice, count, _options.Seed, StepCount);

    private static void AddInputGradients(PlanNode node, in Slice view, PlanMemory memory)
    {
        for (int i = 0; i < node.Targets.Length; i++)
            if (node.Targets[i] == GradientTarget.Add)
            {
                Span<float> total = memory.Gradients.Span.Slice(node.InputOffsets[i], node.InputLengths[i]);
                System.Numerics.Tensors.TensorPrimitives.Add(total, view.InputGradient(i), total);
            }
    }

    /// <summary>Takes one node's activations or gradients of all samples apart: (count, length).</summary>
    public void Read(int offset, int length, bool gradient, Span<float> rows)
    {
        for (int slice = 0; slice < Slices; slice++)
        {
            int first = slice * _lanes, count = Math.Min(_lanes, Count - first);
            Span<float> source = (gradient ? _memories[slice].Gradients : _memories[slice].Activations).Span;
            Lanes.Deinterleave(source.Slice(offset, length * _lanes), rows.Slice(first * length, count * length), _lanes);
        }
    }
}
