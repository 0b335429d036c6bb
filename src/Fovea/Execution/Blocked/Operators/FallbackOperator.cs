using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs a segment of layers that have no blocked operators of their own, by their operators for samples laid out as (C, H, W):
/// a sample is taken apart, goes through all of them, and is laid out in blocks again. Right for every layer, at the cost of the copies.
/// </summary>
internal sealed class FallbackOperator : BlockedOperator
{
    private readonly SlicedLayout _layout;
    private readonly SliceMemory[] _memories;
    private readonly Workspace[] _workspaces;
    private readonly AlignedBuffer _gradients;

    /// <summary>Parts of parameters' gradients that are computed when all samples are through.</summary>
    private readonly (SlicedNode Node, int Index, int Part)[] _deferred;

    /// <summary>Whether every sample keeps for itself what lies between forward and backward.</summary>
    private readonly bool _keeps;

    /// <param name="graph">What the segment is of.</param>
    /// <param name="context">What the operators of the plan share.</param>
    /// <param name="group">The segment.</param>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="output">Where its output lies.</param>
    public FallbackOperator(ExecutionGraph graph, BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output) : base(context, group, nodes, inputs, output)
    {
        FusionGroup[] inside = [.. group.Nodes.Select(node => new FusionGroup(node) { Inputs = [.. graph.Network.Nodes[node].Inputs.Select(graph.ValueOf)] })];
        FusionGroup[] backward = !group.RunsBackward ? []
            : GradientFlow.Resolve(graph, inside, _ => true, value => Array.IndexOf(group.Inputs, value) is >= 0 and var i && Targets[i] != GradientTarget.None);
        _layout = new SlicedLayout(graph, group.Inputs, inside, backward, lanes: 1, context.Batch);
        _keeps = context.HasBackward && (nodes.Length > 1 || _layout.StateLength > 0);
        int gradients = context.HasBackward ? _layout.ActivationLength : 0;
        _memories = [.. Enumerable.Range(0, _keeps ? context.Batch : context.Workers).Select(_ => new SliceMemory(_layout.ActivationLength, gradients, _layout.StateLength))];
        _workspaces = [.. Enumerable.Range(0, context.Workers).Select(_ => new Workspace(_layout.ScratchLength, _layout.SumLength))];
        _gradients = new AlignedBuffer(_layout.ParameterLength);
        _deferred = [.. _layout.Nodes.Index().Where(pair => pair.Item.Traces is not null && pair.Item.Group.RunsBackward)
            .SelectMany(pair => Enumerable.Range(0, pair.Item.Operator.DeferredTasks).Select(part => (pair.Item, pair.Index, part)))];
    }

    public override string Algorithm => "plain, sample by sample";

    public override int ForwardTasks(int phase, int count) => count;

    public override void Forward(int phase, int task, int count, int worker)
    {
        SliceMemory memory = MemoryOf(task, worker);
        ReadInputs(memory, task);
        foreach (SlicedNode node in _layout.Nodes)
            node.Operator.Forward(View(node, memory, task, worker), 0);
        Output.Write(Output.Values, task, In(memory.Activations, Group.Last));
    }

    public override int BackwardPhases => _deferred.Length == 0 ? 1 : 2;

    /// <summary>Samples share the parameters' gradients, so only one thread may add to them.</summary>
    public override int BackwardTasks(int phase, int count) => phase == 1 ? _deferred.Length : _gradients.Length > 0 ? 1 : count;

    public override void Backward(int phase, int task, int count, int worker)
    {
        if (phase == 1)
        {
            (SlicedNode node, int index, int part) = _deferred[task];
            Span<float> gradient = ParameterGradient(index, node.Operator.DeferredParameter!.Value);
            node.Operator.DeferredGradient(part, node.Traces!.Span[..(count * node.Operator.TraceLength)], gradient, _workspaces[worker].Scratch.Span);
            return;
        }
        if (_gradients.Length == 0)
        {
            BackwardSample(task, worker);
            return;
        }
        _gradients.Span.Clear();
        for (int n = 0; n < count; n++)
            BackwardSample(n, worker);
        for (int node = 0; node < Nodes.Length; node++)
            for (int i = 0; i < Nodes[node].Parameters.Count; i++)
                if (_layout.Nodes[node] is var sliced && sliced.ParameterOffsets[i] >= 0 && (sliced.Traces is null || i != sliced.Operator.DeferredParameter))
                {
                    Span<float> gradient = ParameterGradient(node, i);
                    _gradients.Span.Slice(sliced.ParameterOffsets[i], gradient.Length).CopyTo(gradient);
                }
    }

    private void BackwardSample(int n, int worker)
    {
        SliceMemory memory = MemoryOf(n, worker);
        if (!_keeps)
        {
            ReadInputs(memory, n);
            Output.Read(Output.Values, n, In(memory.Activations, Group.Last));
        }
        Output.Read(Output.Gradients!, n, In(memory.Gradients, Group.Last));
        foreach (SlicedNode node in _layout.Backward)
            node.Backward(View(node, memory, n, worker), 0, memory);
        for (int i = Inputs.Length - 1; i >= 0; i--)
        {
            if (Targets[i] == GradientTarget.None)
                continue;
            Span<float> gradient = In(memory.Gradients, Group.Inputs[i]);
            if (Targets[i] == GradientTarget.Add)
            {
                Span<float> before = _workspaces[worker].Sums.Span[..gradient.Length];
                Inputs[i].Read(Inputs[i].Gradients!, n, before);
                TensorPrimitives.Add(gradient, before, gradient);
            }
            Inputs[i].Write(Inputs[i].Gradients!, n, gradient);
        }
    }

    private void ReadInputs(SliceMemory memory, int n)
    {
        for (int i = 0; i < Inputs.Length; i++)
            Inputs[i].Read(Inputs[i].Values, n, In(memory.Activations, Group.Inputs[i]));
    }

    private Span<float> In(AlignedBuffer buffer, int value)
    {
        (int offset, int length) = _layout.PlaceOf(value);
        return buffer.Span.Slice(offset, length);
    }

    private SliceMemory MemoryOf(int n, int worker) => _memories[_keeps ? n : worker];

    private Slice View(SlicedNode node, SliceMemory memory, int n, int worker) =>
        new(node, memory, _workspaces[worker], _gradients.Span, n, 1, Context.Options.Seed, Context.Step);
}
