using Fovea.Execution.Blocked;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized;

/// <summary>Runs a network in bytes, operator by operator over the whole batch.</summary>
internal sealed class QuantizedRunner : IWork
{
    private readonly QuantizedGraph _graph;
    private readonly QuantizedOperator[] _operators;
    private readonly Shape _inputShape;
    private readonly int _threads;
    private QuantizedOperator _operator = null!;
    private int _phase;

    /// <exception cref="ArgumentException">The options ask for what bytes cannot do, or the scheme does not fit the network.</exception>
    public QuantizedRunner(Network network, PlanOptions options, Shape inputShape)
    {
        if (options.Mode == PlanMode.Training)
            throw new ArgumentException($"network '{network.Name}' is quantised and cannot be trained; train the model that it was made of, and quantise that again");
        _threads = options.Threads;
        _inputShape = inputShape;
        var context = new BlockedContext
        {
            Training = false,
            Batch = options.Batch,
            Workers = Math.Min(options.Threads, WorkerPool.MostThreads),
            Seed = options.Seed,
        };
        _graph = new QuantizedGraph(network, options.Quantization!, context, inputShape);
        _operators = [.. _graph.Operators];
        int scratch = _operators.OfType<FloatOperator>().Select(op => op.Inner.ScratchLength).DefaultIfEmpty().Max();
        context.Scratch = [.. Enumerable.Range(0, context.Workers).Select(_ => new AlignedBuffer(scratch))];
        Outputs = new AlignedBuffer(checked(options.Batch * OutputShape.Length));
        Pack();
    }

    /// <summary>How many samples the last run had.</summary>
    public int Count { get; private set; }

    /// <summary>(batch, outputs).</summary>
    public AlignedBuffer Outputs { get; }

    public Shape OutputShape => _graph.Output.Shape;

    /// <summary>Reads the parameters anew.</summary>
    public void Pack()
    {
        foreach (QuantizedOperator op in _operators)
            op.Pack();
    }

    /// <summary>Runs forward; the input is (count, C, H, W).</summary>
    public unsafe void Forward(ReadOnlySpan<float> input, int count)
    {
        int length = _inputShape.Length, results = OutputShape.Length;
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
                    WorkerPool.Shared.Run(this, op.Tasks(_phase, count), _threads);
            }
        }
        Span<float> outputs = Outputs.Span;
        for (int n = 0; n < count; n++)
            _graph.Output.Read(_graph.Output.Values, n, outputs.Slice(n * results, results));
    }

    void IWork.Do(int item, int worker) => _operator.Run(_phase, item, Count, worker);
}
