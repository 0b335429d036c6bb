using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;
using Fovea.Execution.Workers;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Runs a network operator by operator over the whole batch. For large maps, where a sample's activations overflow the
/// caches anyway, and for small batches, where all threads work on one sample.
/// </summary>
internal sealed class BlockedRunner : Runner
{
    /// <summary>Half a megabyte: what a slice of samples may hold of one activation.</summary>
    private const long CacheFloats = 1 << 19;

    private readonly AlignedBuffer[] _parameterGradients = [];
    private readonly BlockedGraph _graph;
    private readonly PhaseRunner _phases = new();
    private readonly LayoutConversion[] _load;
    private readonly OperatorWork[] _pack;
    private readonly OperatorWork[] _forward;
    private readonly LayoutConversion _store;
    private readonly OperatorWork[] _backward;

    /// <exception cref="ArgumentException">The network is quantised, and the options ask for what int8 cannot do or the scheme does not fit.</exception>
    public BlockedRunner(Network network, PlanOptions options, Shape inputShape)
        : this(new BlockedGraph(new ExecutionGraph(network, SchemeCheck.Require(network, options), inputShape, new BlockedRules(options)), new BlockedContext { Options = options })) { }

    private BlockedRunner(BlockedGraph graph) : base(graph.Graph)
    {
        _graph = graph;
        BlockedContext context = graph.Context;
        BlockedMemory.AllocateValues(graph);
        if (context.HasBackward)
            BlockedMemory.AllocateGradients(graph);
        if (context.Options.ParameterGradients)
        {
            ParameterOffsets = BlockedMemory.AllocateParameterGradients(graph.Graph.Network, context);
            _parameterGradients = [context.Gradients!];
        }
        _load = [.. graph.Inputs.Select(map => new LayoutConversion(map, loads: true))];
        _pack = [.. graph.Operators.Where(op => op.PackTasks > 0).Select(op => new OperatorWork(op, OperatorPass.Pack))];
        _forward = [.. graph.Operators.Select(op => new OperatorWork(op, OperatorPass.Forward))];
        _store = new LayoutConversion(graph.Output, loads: false);
        _backward = [.. graph.Backward.Select(op => new OperatorWork(op, OperatorPass.Backward))];
        int scratch = _forward.Select(work => work.ScratchLength).DefaultIfEmpty().Max();
        context.Scratch = [.. Enumerable.Range(0, context.Workers).Select(_ => new AlignedBuffer(scratch))];
        context.Shared = new AlignedBuffer(_forward.Select(work => work.SharedLength).DefaultIfEmpty().Max());
        PackIfChanged();
    }

    /// <summary>What runs, in order.</summary>
    public BlockedGraph Lowered => _graph;

    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => _parameterGradients;

    public override int[] ParameterOffsets { get; } = [];

    protected override void Pack()
    {
        foreach (OperatorWork work in _pack)
            Run(work);
    }

    /// <summary>
    /// Whether blocks of channels are the layout: where the options say so, in int8, for small batches, for maps that overflow the caches, and where
    /// most of the work is in convolutions with enough channels to fill the lanes.
    /// </summary>
    public static bool Suits(Network network, PlanOptions options, Shape inputShape)
    {
        network = network.Lowered;
        if ((options.Quantization is null ? options.Blocked : true) is { } blocked)
            return blocked;
        if (options.Lanes is not null || !network.Nodes.Any(node => node.Layer is Conv2d))
            return false;
        long largest = network.Nodes.Max(node => (long)node.OutputShape.Length) * inputShape.Length / network.InputShape.Length;
        return largest * SlicedRunner.SmallestLargeBatch > CacheFloats || HasWideChannels(network)
            || options.Batch < SlicedRunner.SmallestLargeBatch && !options.HasGradients;
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

    public override void Forward(ReadOnlySpan<float> input, int count, int value)
    {
        Count = count;
        PackIfChanged();
        foreach (LayoutConversion conversion in _load)
            conversion.Run(_phases, input, count, Options.Threads);
        _graph.Context.Step = StepCount;
        HashSet<FusionGroup>? chosen = ChosenFor(value);
        foreach (OperatorWork work in _forward)
            if (chosen is null || chosen.Contains(work.Operator.Group))
                Run(work);
        if (chosen is null)
            _store.Run(_phases, Outputs.Span, count, Options.Threads);
    }

    private void Run(OperatorWork work) => _phases.Run(work, Count, Options.Threads);

    public override void Backward(int value, ReadOnlySpan<float> gradient)
    {
        HashSet<FusionGroup>? chosen = ChosenFor(value);
        if (chosen is null)
            Write(_graph.Output, gradient);
        foreach (OperatorWork work in _backward)
            if (work.Operator is var op && (chosen is null || chosen.Contains(op.Group)))
            {
                if (chosen is not null && op.Group.Last == value)
                    Write(op.Output, gradient);
                Run(work);
            }
            else
                ClearGradients(op);
        if (chosen is not null && _graph.MapOf(value).Gradients is not null && !HasBackward(value))
            Write(_graph.MapOf(value), gradient);
        if (Options.InputGradient && _graph.MapOf(ExecutionGraph.Input) is { Gradients: { } gradients } input)
            Read(input, gradients, InputGradient.Span);
    }

    /// <summary>Whether the operator that makes a value has a backward that runs.</summary>
    private bool HasBackward(int value) => Array.Exists(_graph.Backward, op => op.Group.Last == value);

    /// <summary>What an operator leaves on which the value that backward starts from does not depend.</summary>
    private void ClearGradients(BlockedOperator op)
    {
        for (int i = 0; i < op.Inputs.Length; i++)
            if (op.Targets[i] == GradientTarget.Write)
                op.Inputs[i].Gradients!.Span.Clear();
        foreach (Node node in op.Nodes)
            foreach (Parameter parameter in node.Parameters)
                _graph.Context.Gradient(parameter).Clear();
    }

    public override void Step(ReadOnlySpan<float> input, int count)
    {
        Forward(input, count, Graph.Output);
        EvaluateLoss(0, count);
        Backward(Graph.Output, OutputGradients.Span[..(count * OutputShape.Length)]);
    }

    public override void Read(int node, bool gradient, Span<float> destination)
    {
        BlockedMap map = _graph.MapOf(Graph.ValueOf(node));
        Read(map, gradient ? map.Gradients! : map.Values, destination);
    }

    private void Read(BlockedMap map, AlignedBuffer buffer, Span<float> plain)
    {
        for (int n = 0; n < Count; n++)
            map.Read(buffer, n, plain.Slice(n * map.Shape.Length, map.Shape.Length));
    }

    private void Write(BlockedMap map, ReadOnlySpan<float> gradient)
    {
        for (int n = 0; n < Count; n++)
            map.Write(map.Gradients!, n, gradient.Slice(n * map.Shape.Length, map.Shape.Length));
    }
}
