using Fovea.Execution.Blocked;
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

    /// <exception cref="ArgumentException">The options ask for what bytes cannot do, or the scheme does not fit the network.</exception>
    public QuantizedRunner(Network network, PlanOptions options, Shape inputShape)
        : this(new QuantizedGraph(network, options.Quantization!, ContextFor(network, options), inputShape, options.Winograd), options, inputShape) { }

    private QuantizedRunner(QuantizedGraph graph, PlanOptions options, Shape inputShape) : base(options, inputShape, graph.Output.Shape)
    {
        _graph = graph;
        _operators = [.. graph.Operators];
        int scratch = _operators.Max(op => op.ScratchLength);
        graph.Context.Scratch = [.. Enumerable.Range(0, graph.Context.Workers).Select(_ => new AlignedBuffer(scratch))];
        graph.Context.Shared = new AlignedBuffer(_operators.Max(op => op.SharedLength));
        Refresh();
    }

    private static BlockedContext ContextFor(Network network, PlanOptions options) => options.Mode == PlanMode.Training
        ? throw new ArgumentException($"network '{network.Name}' is quantised and cannot be trained; train the model that it was made of, and quantise that again")
        : new BlockedContext { Training = false, Batch = options.Batch, Workers = Math.Min(options.Threads, WorkerPool.MaxThreads), Seed = options.Seed };

    public override ReadOnlySpan<AlignedBuffer> ParameterGradients => [];

    public override int[] ParameterOffsets => [];

    /// <summary>Reads the parameters anew.</summary>
    public override void Refresh()
    {
        foreach (QuantizedOperator op in _operators)
            op.Pack();
    }

    public override unsafe void Forward(ReadOnlySpan<float> input, int count)
    {
        int length = InputShape.Length, results = OutputShape.Length;
        Count = count;
        fixed (float* pictures = input)
        {
            _graph.Picture?.Pictures = pictures;
            if (_graph.Input is { } map)
                for (int n = 0; n < count; n++)
                    map.Write(map.Values, n, input.Slice(n * length, length));
            foreach (QuantizedOperator op in _operators)
            {
                _operator = op;
                for (_phase = 0; _phase < op.Phases; _phase++)
                    WorkerPool.Shared.Run(this, op.Tasks(_phase, count), Options.Threads);
            }
        }
        Span<float> outputs = Outputs.Span;
        for (int n = 0; n < count; n++)
            _graph.Output.Read(_graph.Output.Values, n, outputs.Slice(n * results, results));
    }

    public override void Backward() => throw new InvalidOperationException("a quantised plan has no backward");

    public override void Step(ReadOnlySpan<float> input, int count) => throw new InvalidOperationException("a quantised plan makes no training steps");

    public override Tensor Read(int node, bool gradient) =>
        throw new InvalidOperationException("a quantised plan forgets its activations; compile the network without its quantisation to read them");

    void IWork.Do(int item, int worker) => _operator.Run(_phase, item, Count, worker);
}
