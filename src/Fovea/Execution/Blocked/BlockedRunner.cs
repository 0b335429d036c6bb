using Fovea.Kernels.Blocked;
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

    /// <summary>Samples of this many floats are laid out and taken apart by all threads, in strips of rows.</summary>
    private const int LargeSample = 1 << 13;
    private const int MostStrips = 8;

    private enum Work
    {
        Pack,
        LayOut,
        Forward,
        TakeApart,
        Backward,
    }

    private readonly AlignedBuffer[] _parameterGradients = [];
    private readonly BlockedGraph _graph;
    private readonly BlockedOperator[] _operators;
    private BlockedOperator _operator = null!;
    private int _phase;
    private Work _work;
    private nint _plain;
    private BlockedMap _map = null!;
    private int _strips;

    public BlockedRunner(Network network, PlanOptions options, Shape inputShape)
        : this(network, new BlockedGraph(network, ContextFor(options), inputShape, fuses: !options.KeepActivations, options.Winograd), options, inputShape) { }

    private BlockedRunner(Network network, BlockedGraph graph, PlanOptions options, Shape inputShape) : base(options, inputShape, graph.Output.Shape)
    {
        _graph = graph;
        _operators = [.. graph.Operators];
        BlockedContext context = graph.Context;
        BlockedMemory.LayOut(graph, reuses: !options.KeepActivations && !context.Training);
        if (context.Training)
        {
            BlockedGradientFlow.LayOut(graph, reuses: !options.KeepActivations);
            ParameterOffsets = BlockedGradientFlow.PlaceParameters(network, context);
            _parameterGradients = [context.Gradients!];
        }
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
        Workers = Math.Min(options.Threads, WorkerPool.MaxThreads),
        Seed = options.Seed,
        InputGradient = options.InputGradient,
    };

    /// <summary>What runs, in order.</summary>
    public BlockedGraph Graph => _graph;

    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => _parameterGradients;

    public override int[] ParameterOffsets { get; } = [];

    /// <summary>Reads the parameters anew.</summary>
    public override void Refresh()
    {
        _work = Work.Pack;
        foreach (BlockedOperator op in _operators)
            Share(op, op.PackTasks);
    }

    /// <summary>
    /// Whether blocks of channels are the better layout: for small batches, for maps that overflow the caches, and where
    /// most of the work is in convolutions with enough channels to fill the lanes.
    /// </summary>
    public static bool Suits(Network network, PlanOptions options, Shape inputShape)
    {
        if (options.Lanes is not null || !inputShape.IsMaps || !network.Nodes.Any(node => node.Layer is Conv2d))
            return false;
        long largest = network.Nodes.Max(node => (long)node.OutputShape.Length) * inputShape.Length / network.InputShape.Length;
        return largest * SmallestLargeBatch > CacheFloats || HasWideChannels(network)
            || options.Batch < SmallestLargeBatch && options.Mode == PlanMode.Inference;
    }

    private static bool HasWideChannels(Network network)
    {
        long wide = 0, all = 0;
        foreach (Node node in network.Nodes)
        {
            Shape[] inputs = [.. node.Inputs.Select(input => input < 0 ? network.InputShape : network.Nodes[input].OutputShape)];
            long work = node.Layer.MultiplyAdds(inputs);
            all += work;
            if (node.Layer is Conv2d { Groups: 1, Connections: null, InChannels: >= BlockedCorrelation.Block, OutChannels: >= BlockedCorrelation.Block })
                wide += work;
        }
        return 2 * wide > all;
    }

    public override void Forward(ReadOnlySpan<float> input, int count)
    {
        Count = count;
        Convert(Work.LayOut, _graph.Input, input);
        _graph.Context.Step = StepCount;
        if (_graph.Context.Training)
            Refresh();
        _work = Work.Forward;
        foreach (BlockedOperator op in _operators)
            for (_phase = 0; _phase < op.ForwardPhases; _phase++)
                Share(op, op.ForwardTasks(_phase, count));
        Convert(Work.TakeApart, _graph.Output, Outputs.Span);
    }

    /// <summary>Goes between the samples as they are given or wanted, (count, C, H, W), and a map.</summary>
    private unsafe void Convert(Work work, BlockedMap map, ReadOnlySpan<float> plain)
    {
        bool large = map.Shape.Length >= LargeSample;
        _work = work;
        _map = map;
        _strips = large ? Math.Min(map.Height, MostStrips) : 1;
        fixed (float* samples = plain)
        {
            _plain = (nint)samples;
            WorkerPool.Shared.Run(this, Count * _strips, large ? Options.Threads : 1);
        }
    }

    private unsafe void Convert(int task)
    {
        int n = task / _strips, strip = task % _strips, row = _map.Height * strip / _strips, rows = _map.Height * (strip + 1) / _strips - row;
        float* plain = (float*)_plain + (nint)n * _map.Shape.Length;
        if (_work == Work.LayOut)
            _map.Write(_map.Values, n, plain, row, rows);
        else
            _map.Read(_map.Values, n, plain, row, rows);
    }

    public override void Backward()
    {
        BlockedMap first = _graph.Input, last = _graph.Output;
        for (int n = 0; n < Count; n++)
            last.Write(last.Gradients!, n, OutputGradients.Span.Slice(n * last.Shape.Length, last.Shape.Length));
        _work = Work.Backward;
        foreach (BlockedOperator op in _graph.Backward)
            for (_phase = 0; _phase < op.BackwardPhases; _phase++)
                Share(op, op.BackwardTasks(_phase, Count));
        if (first.Gradients is { } gradients)
            for (int n = 0; n < Count; n++)
                first.Read(gradients, n, InputGradient.Span.Slice(n * first.Shape.Length, first.Shape.Length));
    }

    public override void Step(ReadOnlySpan<float> input, int count)
    {
        Forward(input, count);
        EvaluateLoss(0, count);
        Backward();
    }

    public override Tensor Read(int node, bool gradient)
    {
        BlockedMap map = _graph.MapOf(node);
        var result = new Tensor(new Shape([Count, .. _graph.ShapeOf(node).ToArray()]));
        AlignedBuffer? buffer = gradient ? map.Gradients : map.Values;
        for (int n = 0; n < Count && buffer is not null; n++)
            map.Read(buffer, n, result.Span.Slice(n * map.Shape.Length, map.Shape.Length));
        return result;
    }

    private void Share(BlockedOperator op, int tasks)
    {
        _operator = op;
        WorkerPool.Shared.Run(this, tasks, Options.Threads);
    }

    void IWork.Do(int item, int worker)
    {
        switch (_work)
        {
            case Work.Pack: _operator.Pack(item); break;
            case Work.Forward: _operator.Forward(_phase, item, Count, worker); break;
            case Work.LayOut or Work.TakeApart: Convert(item); break;
            default: _operator.Backward(_phase, item, Count, worker); break;
        }
    }
}
