using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Runs a network operator by operator over the whole batch. For large maps, where a sample's activations overflow the
/// caches anyway, and for small batches, where all threads work on one sample.
/// </summary>
internal sealed class BlockedRunner : Runner, IWork
{
    private const int SmallestLargeBatch = 8;

    /// <summary>Half a megabyte: what a slice of samples may hold of one activation.</summary>
    private const long CacheFloats = 1 << 19;

    private readonly BlockedGraph _graph;
    private readonly BlockedOperator[] _operators;
    private BlockedOperator _operator = null!;
    private int _phase;
    private bool _backward;

    public BlockedRunner(Network network, PlanOptions options, Shape inputShape)
        : this(new BlockedGraph(network, ContextFor(options), inputShape, fuses: !options.KeepActivations, options.Winograd), options, inputShape) { }

    private BlockedRunner(BlockedGraph graph, PlanOptions options, Shape inputShape) : base(options, inputShape, graph.Output.Shape)
    {
        _graph = graph;
        _operators = [.. graph.Operators];
        BlockedContext context = graph.Context;
        BlockedMemory.LayOut(graph, context, reuses: !options.KeepActivations);
        foreach (BlockedOperator op in _operators)
            op.Bind();
        context.Scratch = [.. Enumerable.Range(0, context.Workers).Select(_ => new AlignedBuffer(_operators.Max(op => op.ScratchLength)))];
        context.Shared = new AlignedBuffer(_operators.Max(op => op.SharedLength));
        Refresh();
    }

    private static BlockedContext ContextFor(PlanOptions options) => new()
    {
        Training = options.Mode == PlanMode.Training,
        Batch = options.Batch,
        Workers = Math.Min(options.Threads, WorkerPool.MostThreads),
        Seed = options.Seed,
    };

    /// <summary>What runs, in order.</summary>
    public BlockedGraph Graph => _graph;

    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => [];

    public override int[] ParameterOffsets => [];

    /// <summary>Reads the parameters anew.</summary>
    public override void Refresh()
    {
        foreach (BlockedOperator op in _operators)
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

    public override void Forward(ReadOnlySpan<float> input, int count)
    {
        Span<float> outputs = Outputs.Span;
        int length = _graph.Input.Shape.Length, results = _graph.Output.Shape.Length;
        for (int n = 0; n < count; n++)
            _graph.Input.Write(_graph.Input.Values, n, input.Slice(n * length, length));
        Count = count;
        _backward = false;
        foreach (BlockedOperator op in _operators)
            Run(op, op.ForwardPhases);
        for (int n = 0; n < count; n++)
            _graph.Output.Read(_graph.Output.Values, n, outputs.Slice(n * results, results));
    }

    public override void Backward() => throw new NotSupportedException();

    public override void Step(ReadOnlySpan<float> input, int count) => throw new NotSupportedException();

    public override Tensor Read(int node, bool gradient)
    {
        BlockedMap map = _graph.MapOf(node);
        var result = new Tensor(new Shape([Count, .. _graph.ShapeOf(node).ToArray()]));
        for (int n = 0; n < Count; n++)
            map.Read(map.Values, n, result.Span.Slice(n * map.Shape.Length, map.Shape.Length));
        return result;
    }

    private void Run(BlockedOperator op, int phases)
    {
        _operator = op;
        for (_phase = 0; _phase < phases; _phase++)
            WorkerPool.Shared.Run(this, _backward ? op.BackwardTasks(_phase, Count) : op.ForwardTasks(_phase, Count), Options.Threads);
    }

    void IWork.Do(int item, int worker)
    {
        if (_backward)
            _operator.Backward(_phase, item, Count, worker);
        else
            _operator.Forward(_phase, item, Count, worker);
    }
}
