using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Runs a network operator by operator over the whole batch. For large maps, where a sample's activations overflow the
/// caches anyway, and for small batches, where all threads work on one sample.
/// </summary>
internal sealed class BlockedRunner : IWork
{
    private const int SmallestLargeBatch = 8;

    /// <summary>Half a megabyte: what a slice of samples may hold of one activation.</summary>
    private const long CacheFloats = 1 << 19;

    private readonly BlockedContext _context;
    private readonly BlockedGraph _graph;
    private readonly BlockedOperator[] _operators;
    private readonly int _threads;
    private BlockedOperator _operator = null!;
    private int _phase;
    private bool _backward;
    private int _count;

    public BlockedRunner(Network network, PlanOptions options, Shape inputShape)
    {
        _threads = options.Threads;
        bool training = options.Mode == PlanMode.Training;
        _context = new BlockedContext
        {
            Training = training,
            Batch = options.Batch,
            Workers = Math.Min(options.Threads, WorkerPool.MostThreads),
            Seed = options.Seed,
        };
        _graph = new BlockedGraph(network, _context, inputShape, fuses: !options.KeepActivations, options.Winograd);
        _operators = [.. _graph.Operators];
        BlockedMemory.LayOut(_graph, _context, reuses: !options.KeepActivations);
        foreach (BlockedOperator op in _graph.Operators)
            op.Bind();
        _context.Scratch = [.. Enumerable.Range(0, _context.Workers).Select(_ => new AlignedBuffer(_graph.Operators.Max(op => op.ScratchLength)))];
        Outputs = new AlignedBuffer(checked(options.Batch * OutputShape.Length));
        Pack();
    }

    /// <summary>Reads the parameters anew.</summary>
    public void Pack()
    {
        foreach (BlockedOperator op in _graph.Operators)
            op.Pack();
    }

    /// <summary>Whether blocks of channels are the better layout: for small batches, and for maps that overflow the caches.</summary>
    public static bool Suits(Network network, PlanOptions options, Shape inputShape)
    {
        if (options.Mode == PlanMode.Training || options.Lanes is not null || !inputShape.IsMaps || !network.Nodes.Any(node => node.Layer is Conv2d))
            return false;
        long largest = network.Nodes.Max(node => (long)node.OutputShape.Length) * inputShape.Length / network.InputShape.Length;
        return options.Batch < SmallestLargeBatch || largest * SmallestLargeBatch > CacheFloats;
    }

    /// <summary>How many samples the last run had.</summary>
    public int Count => _count;

    /// <summary>(batch, outputs).</summary>
    public AlignedBuffer Outputs { get; }

    public Shape OutputShape => _graph.Output.Shape;

    /// <summary>Runs forward; the input is (count, C, H, W).</summary>
    public void Forward(ReadOnlySpan<float> input, int count)
    {
        Span<float> outputs = Outputs.Span;
        int length = _graph.Input.Shape.Length, results = _graph.Output.Shape.Length;
        for (int n = 0; n < count; n++)
            _graph.Input.Write(_graph.Input.Values, n, input.Slice(n * length, length));
        _count = count;
        _backward = false;
        foreach (BlockedOperator op in _operators)
            Run(op, op.ForwardPhases);
        for (int n = 0; n < count; n++)
            _graph.Output.Read(_graph.Output.Values, n, outputs.Slice(n * results, results));
    }

    /// <summary>The activation of a node in the last run, (count, C, H, W); −1 is the network's input.</summary>
    public Tensor Read(int node)
    {
        BlockedMap map = _graph.MapOf(node);
        var result = new Tensor(new Shape([_count, .. _graph.ShapeOf(node).ToArray()]));
        for (int n = 0; n < _count; n++)
            map.Read(map.Values, n, result.Span.Slice(n * map.Shape.Length, map.Shape.Length));
        return result;
    }

    private void Run(BlockedOperator op, int phases)
    {
        _operator = op;
        for (_phase = 0; _phase < phases; _phase++)
            WorkerPool.Shared.Run(this, _backward ? op.BackwardTasks(_phase, _count) : op.ForwardTasks(_phase, _count), _threads);
    }

    void IWork.Do(int item, int worker)
    {
        if (_backward)
            _operator.Backward(_phase, item, _count, worker);
        else
            _operator.Forward(_phase, item, _count, worker);
    }
}
