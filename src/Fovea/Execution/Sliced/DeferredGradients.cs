using System.Numerics.Tensors;
using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Tensors;

namespace Fovea.Execution.Sliced;

/// <summary>
/// What is left of the parameters' gradients when all slices are through: gradients that are computed over the whole
/// batch at once, and the sum of what the queues gathered. Cut into tasks that depend on the network alone, and so do all
/// sums.
/// </summary>
internal sealed class DeferredGradients : PhasedWork
{
    private const int PieceLength = 8192;

    private readonly record struct Task(SlicedNode? Node, int Part);

    private readonly int _length;
    private readonly AlignedBuffer[] _queueGradients;
    private readonly Workspace[] _workspaces;
    private readonly Task[] _tasks;
    private readonly int _lanes;

    public DeferredGradients(SlicedLayout layout, AlignedBuffer[] queueGradients, Workspace[] workspaces, int lanes)
    {
        _lanes = lanes;
        _length = layout.ParameterLength;
        _queueGradients = queueGradients;
        _workspaces = workspaces;
        var tasks = new List<Task>();
        foreach (SlicedNode node in layout.Nodes)
            if (node.Traces is not null && node.Group.RunsBackward)
                tasks.AddRange(Enumerable.Range(0, node.Operator.DeferredTasks).Select(part => new Task(node, part)));
        tasks.AddRange(Enumerable.Range(0, (_length + PieceLength - 1) / PieceLength).Select(part => new Task(null, part)));
        _tasks = [.. tasks];
    }

    /// <summary>The groups whose backward ran; all if null. The others' gradients are zero.</summary>
    public HashSet<FusionGroup>? Chosen { get; set; }

    public override int Tasks(int phase, int count) => _tasks.Length;

    /// <summary>Completes a part of the first queue's gradients.</summary>
    public override void Run(int phase, int task, int count, int worker)
    {
        int slices = SlicedRunner.SlicesFor(count, _lanes);
        if (_tasks[task].Node is { } node)
            DeferredGradient(node, _tasks[task].Part, slices, worker);
        else
            SumQueues(_tasks[task].Part * PieceLength, Math.Min(_queueGradients.Length, slices));
    }

    private void DeferredGradient(SlicedNode node, int part, int slices, int worker)
    {
        int parameter = node.Operator.DeferredParameter!.Value;
        Span<float> gradient = _queueGradients[0].Span.Slice(node.ParameterOffsets[parameter], node.Node.Parameters[parameter].Value.Length);
        if (Chosen is null || Chosen.Contains(node.Group))
            node.Operator.DeferredGradient(part, node.Traces!.Span[..(slices * node.Operator.TraceLength)], gradient, _workspaces[worker].Scratch.Span);
        else if (part == 0)
            gradient.Clear();
    }

    /// <summary>Adds all queues' gradients to the first's, in the queues' order.</summary>
    private void SumQueues(int start, int queues)
    {
        int length = Math.Min(PieceLength, _length - start);
        Span<float> sum = _queueGradients[0].Span.Slice(start, length);
        for (int queue = 1; queue < queues; queue++)
            TensorPrimitives.Add(sum, _queueGradients[queue].Span.Slice(start, length), sum);
    }
}
