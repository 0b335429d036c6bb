using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Execution;

/// <summary>
/// What is left of the parameters' gradients when all slices are through: gradients that are computed over the whole
/// batch at once, and the sum of what the queues gathered. Cut into tasks that depend on the network alone, and so do all
/// sums.
/// </summary>
internal sealed class LateGradients : IWork
{
    private const int PieceLength = 8192;

    private readonly record struct Task(PlanNode? Node, int Part);

    private readonly int _length;
    private readonly AlignedBuffer[] _queueGradients;
    private readonly Workspace[] _workspaces;
    private readonly Task[] _tasks;
    private int _slices;
    private int _queues;

    public LateGradients(PlanLayout layout, AlignedBuffer[] queueGradients, Workspace[] workspaces)
    {
        _length = layout.ParameterLength;
        _queueGradients = queueGradients;
        _workspaces = workspaces;
        var tasks = new List<Task>();
        for (int i = 0; i < layout.Nodes.Count; i++)
            if (layout.Nodes[i].Traces is not null && layout.RunsBackward[i])
                tasks.AddRange(Enumerable.Range(0, layout.Nodes[i].Operator.LateTasks).Select(part => new Task(layout.Nodes[i], part)));
        tasks.AddRange(Enumerable.Range(0, (_length + PieceLength - 1) / PieceLength).Select(part => new Task(null, part)));
        _tasks = [.. tasks];
    }

    /// <summary>Completes the first queue's gradients.</summary>
    public void Run(int slices, int queues, int threads)
    {
        (_slices, _queues) = (slices, queues);
        WorkerPool.Shared.Run(this, _tasks.Length, threads);
    }

    void IWork.Do(int item, int worker)
    {
        Task task = _tasks[item];
        if (task.Node is { } node)
            LateGradient(node, task.Part, worker);
        else
            SumQueues(task.Part * PieceLength);
    }

    private void LateGradient(PlanNode node, int part, int worker)
    {
        int parameter = node.Operator.LateParameter!.Value;
        Span<float> gradient = _queueGradients[0].Span.Slice(node.ParameterOffsets[parameter], node.Node.Parameters[parameter].Value.Length);
        node.Operator.LateGradient(part, node.Traces!.Span[..(_slices * node.Operator.TraceLength)], gradient, _workspaces[worker].Scratch.Span);
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
