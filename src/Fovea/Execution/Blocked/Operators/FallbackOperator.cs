using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked.Operators;

/// <summary>
/// Runs any layer that has no blocked operator of its own, by its operator for samples laid out as (C, H, W): a sample is
/// taken apart, run, and laid out in blocks again. Right for every layer, at the cost of the copies.
/// </summary>
internal sealed class FallbackOperator : BlockedOperator
{
    private readonly Operator _operator;
    private readonly SlicedNode _node;
    private readonly SliceMemory[] _memories;
    private readonly Workspace[] _workspaces;
    private readonly AlignedBuffer _gradients;

    /// <summary>The parameter whose gradient is computed when all samples are through; null if there is none.</summary>
    private readonly int? _deferred;

    /// <param name="context">What the operators of the plan share.</param>
    /// <param name="group">The group that the node is.</param>
    /// <param name="node">What runs.</param>
    /// <param name="inputs">Where its inputs lie.</param>
    /// <param name="shapes">Their shapes; a map that a view gives another shape, (C, 1, 1) as (C), does not tell.</param>
    /// <param name="output">Where its output lies.</param>
    public FallbackOperator(BlockedContext context, FusionGroup group, Node node, BlockedMap[] inputs, Shape[] shapes, BlockedMap output) : base(context, group, [node], inputs, output)
    {
        _operator = OperatorTable.Create(new OperatorContext
        {
            Node = node,
            NodeIndex = group.Head,
            Inputs = shapes,
            Output = output.Shape,
            Lanes = 1,
            Slices = context.Batch,
            Options = context.Options,
        });
        int[] lengths = [.. inputs.Select(input => input.Shape.Length)], offsets = new int[lengths.Length], parameters = new int[node.Parameters.Count];
        int activations = 0, gradients = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = activations;
            activations = checked(activations + lengths[i]);
        }
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = context.WantsGradient(node.Parameters[i]) ? gradients : -1;
            if (parameters[i] >= 0 && i == _operator.DeferredParameter)
                _deferred = i;
            else if (parameters[i] >= 0)
                gradients += node.Parameters[i].Value.Length;
        }
        _node = new SlicedNode
        {
            Node = node,
            Group = group,
            // The layer's operator writes; what others wrote before is added afterwards.
            Targets = [.. group.Targets.Select(target => target == GradientTarget.None ? target : GradientTarget.Write)],
            Operator = _operator,
            InputOffsets = offsets,
            InputLengths = lengths,
            OutputOffset = activations,
            OutputLength = output.Shape.Length,
            StateOffset = 0,
            ParameterOffsets = parameters,
            SumOffsets = offsets,
            Traces = _deferred is null ? null : new AlignedBuffer(checked(_operator.TraceLength * context.Batch)),
        };
        // What is kept from forward to backward, every sample keeps for itself.
        int memories = _operator.StateLength > 0 ? context.Batch : context.Workers;
        activations = checked(activations + output.Shape.Length);
        _memories = [.. Enumerable.Range(0, memories).Select(_ => new SliceMemory(activations, context.HasBackward ? activations : 0, _operator.StateLength))];
        _workspaces = [.. Enumerable.Range(0, context.Workers).Select(_ => new Workspace(_operator.ScratchLength, activations))];
        _gradients = new AlignedBuffer(gradients);
    }

    public override string Algorithm => "plain, sample by sample";

    public override int ForwardTasks(int phase, int count) => count;

    public override void Forward(int phase, int task, int count, int worker)
    {
        SliceMemory memory = Memory(task, worker);
        ReadInputs(memory, task);
        _operator.Forward(View(memory, task, worker), 0);
        Output.Write(Output.Values, task, memory.Activations.Span.Slice(_node.OutputOffset, _node.OutputLength));
    }

    public override int BackwardPhases => _deferred is null ? 1 : 2;

    /// <summary>Samples share the parameters' gradients, so only one thread may add to them.</summary>
    public override int BackwardTasks(int phase, int count) => phase == 1 ? _operator.DeferredTasks : _gradients.Length > 0 ? 1 : count;

    public override void Backward(int phase, int task, int count, int worker)
    {
        if (phase == 1)
        {
            _operator.DeferredGradient(task, _node.Traces!.Span[..(count * _operator.TraceLength)], ParameterGradient(0, _deferred!.Value), _workspaces[worker].Scratch.Span);
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
        for (int i = 0; i < _node.ParameterOffsets.Length; i++)
            if (_node.ParameterOffsets[i] >= 0 && i != _deferred)
            {
                Span<float> gradient = ParameterGradient(0, i);
                _gradients.Span.Slice(_node.ParameterOffsets[i], gradient.Length).CopyTo(gradient);
            }
    }

    private void BackwardSample(int n, int worker)
    {
        SliceMemory memory = Memory(n, worker);
        ReadInputs(memory, n);
        Output.Read(Output.Values, n, memory.Activations.Span.Slice(_node.OutputOffset, _node.OutputLength));
        Output.Read(Output.Gradients!, n, memory.Gradients.Span.Slice(_node.OutputOffset, _node.OutputLength));
        _operator.Backward(View(memory, n, worker), 0);
        for (int i = Inputs.Length - 1; i >= 0; i--)
        {
            if (Targets[i] == GradientTarget.None)
                continue;
            Span<float> gradient = memory.Gradients.Span.Slice(_node.InputOffsets[i], _node.InputLengths[i]);
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
            Inputs[i].Read(Inputs[i].Values, n, memory.Activations.Span.Slice(_node.InputOffsets[i], _node.InputLengths[i]));
    }

    private SliceMemory Memory(int n, int worker) => _memories[_operator.StateLength > 0 ? n : worker];

    private Slice View(SliceMemory memory, int n, int worker) =>
        new(_node, memory, _workspaces[worker], _gradients.Span, n, 1, Context.Options.Seed, Context.Step);
}
