using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized;

/// <summary>Runs a network in bytes, operator by operator over the whole batch.</summary>
internal sealed class QuantizedRunner : Runner, IWork
{
    private readonly QuantizedGraph _graph;
    private readonly QuantizedOperator[] _operators;
    private QuantizedOperator _operator = null!;
    private int _phase;

    /// <exception cref="ArgumentException">The options ask for what int8 cannot do, or the scheme does not fit the network.</exception>
    public QuantizedRunner(Network network, PlanOptions options, Shape inputShape)
        : this(new QuantizedGraph(QuantizedGraph.Partition(network, Require(network, options), inputShape), options.Quantization!, new BlockedContext { Options = options })) { }

    private QuantizedRunner(QuantizedGraph graph) : base(graph.Graph)
    {
        _graph = graph;
        _operators = [.. graph.Operators];
        int scratch = _operators.Max(op => op.ScratchLength);
        graph.Context.Scratch = [.. Enumerable.Range(0, graph.Context.Workers).Select(_ => new AlignedBuffer(scratch))];
        graph.Context.Shared = new AlignedBuffer(_operators.Max(op => op.SharedLength));
        PackIfChanged();
    }

    private static PlanOptions Require(Network network, PlanOptions options) => options.HasGradients || options.Behavior != LayerBehavior.Inference
        ? throw new ArgumentException($"network '{network.Name}' is quantised and cannot be trained; train the model that it was made of, and quantise that again")
        : options;

    /// <summary>What runs, in order.</summary>
    public QuantizedGraph Lowered => _graph;

    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => [];

    public override int[] ParameterOffsets => [];

    protected override void Pack()
    {
        foreach (QuantizedOperator op in _operators)
            op.Pack();
    }

    public override unsafe void Forward(ReadOnlySpan<float> input, int count, int value)
    {
        int length = InputShape.Length, results = OutputShape.Length;
        HashSet<FusionGroup>? chosen = ChosenFor(value);
        Count = count;
        PackIfChanged();
        fixed (float* images = input)
        {
            _graph.Image?.Images = images;
            if (_graph.Input is { } map)
                for (int n = 0; n < count; n++)
                    map.Write(map.Values, n, input.Slice(n * length, length));
            foreach (QuantizedOperator op in _operators)
            {
                // Conversions belong to no group, and cost little.
                if (chosen is not null && op.Group is { } group && !chosen.Contains(group))
                    continue;
                _operator = op;
                for (_phase = 0; _phase < op.Phases; _phase++)
                    WorkerPool.Shared.Run(this, op.Tasks(_phase, count), Options.Threads);
            }
        }
        if (chosen is not null)
            return;
        Span<float> outputs = Outputs.Span;
        for (int n = 0; n < count; n++)
            _graph.Output.Read(_graph.Output.Values, n, outputs.Slice(n * results, results));
    }

    public override void Backward(int value, ReadOnlySpan<float> gradient) => throw new InvalidOperationException("a quantised plan has no backward");

    public override void Step(ReadOnlySpan<float> input, int count) => throw new InvalidOperationException("a quantised plan makes no training steps");

    public override void Read(int node, bool gradient, Span<float> destination)
    {
        int length = Graph.ShapeOf(node).Length;
        for (int n = 0; n < Count; n++)
            _graph.Read(node, n, destination.Slice(n * length, length));
    }

    void IWork.Do(int item, int worker) => _operator.Run(_phase, item, Count, worker);
}
