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
internal sealed class DeferredGradients : IWork
{
    private const int PieceLength = 8192;

    private readonly record struct Task(SlicedNode? Node, int Part);

    private readonly int _length;
    private readonly AlignedBuffer[] _queueGradients;
    private readonly Workspace[] _workspaces;
    private readonly Task[] _tasks;
    private int _slices;
    private int _queues;
    private HashSet<FusionGroup>? _chosen;

    public DeferredGradients(SlicedLayout layout, AlignedBuffer[] queueGradients, Workspace[] workspaces)
    {
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

    /// <summary>Completes the first queue's gradients.</summary>
    /// <param name="slices">How many slices ran.</param>
    /// <param name="queues">How many queues they were dealt to.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="chosen">The groups whose backward ran; all if null. The others' gradients are zero.</param>
    public void Run(int slices, int queues, int threads, HashSet<FusionGroup>? chosen)
    {
        (_slices, _queues, _chosen) = (slices, queues, chosen);
        WorkerPool.Shared.Run(this, _tasks.Length, threads);
    }

    void IWork.Do(int item, int worker)
    {
        Task task = _tasks[item];
        if (task.Node is { } node)
            DeferredGradient(node, task.Part, worker);
        else
            SumQueues(task.Part * PieceLength);
    }

    private void DeferredGradient(SlicedNode node, int part, int worker)
    {
        int parameter = node.Operator.DeferredParameter!.Value;
        Span<float> gradient = _queueGradients[0].Span.Slice(node.ParameterOffsets[parameter], node.Node.Parameters[parameter].Value.Length);
        if (_chosen is null || _chosen.Contains(node.Group))
            node.Operator.DeferredGradient(part, node.Traces!.Span[..(_slices * node.Operator.TraceLength)], gradient, _workspaces[worker].Scratch.Span);
        else if (part == 0)
            gradient.Clear();
    }

    /// <summary>Adds all queues' gradients to the first's, in the queues' order.</summary>
    private void SumQueues(int start)
    {
        int length = Math.Min(PieceLength, _length - start);
        Span<float> sum = _queueGradients[0].Span.Slice(start, length);
        for (int queue = 1; queue < _queues; queue++)
            TensorPrimitives.Add(sum, _queueGradients[queue].Span.Slice(start, length), sum);
    }
}
