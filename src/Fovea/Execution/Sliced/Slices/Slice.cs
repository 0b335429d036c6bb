using Fovea.Execution.Graph;
using Fovea.Execution.Sliced;

namespace Fovea.Execution;

/// <summary>
/// One operator's view of one slice of the batch: 1 or 16 samples. Activations and gradients are (C, H, W, lanes), or whatever the sample's shape is in place of (C, H, W): the same element of
/// all samples of the slice side by side, samples past <see cref="Count"/> being zeros in the network's input.
/// </summary>
public readonly ref struct Slice
{
    private readonly SlicedNode _node;
    private readonly SliceMemory _memory;
    private readonly Workspace _workspace;
    private readonly Span<float> _parameterGradients;

    internal Slice(SlicedNode node, SliceMemory memory, Workspace workspace, Span<float> parameterGradients, int index, int count, ulong seed, ulong step)
    {
        _node = node;
        _memory = memory;
        _workspace = workspace;
        _parameterGradients = parameterGradients;
        Index = index;
        Count = count;
        Seed = seed;
        Step = step;
    }

    /// <summary>Which slice of the batch this is.</summary>
    public int Index { get; }

    /// <summary>How many of its samples are real.</summary>
    public int Count { get; }

    /// <summary>The plan's seed.</summary>
    public ulong Seed { get; }

    /// <summary>How many training steps came before.</summary>
    public ulong Step { get; }

    /// <summary>Activation of an input: (C, H, W, lanes).</summary>
    public ReadOnlySpan<float> Input(int input = 0) => _memory.Activations.Span.Slice(_node.InputOffsets[input], _node.InputLengths[input]);

    /// <summary>Activation of the output: (C', H', W', lanes). To be filled by forward; still there in backward.</summary>
    public Span<float> Output => _memory.Activations.Span.Slice(_node.OutputOffset, _node.OutputLength);

    /// <summary>Gradient with respect to the output: (C', H', W', lanes).</summary>
    public ReadOnlySpan<float> OutputGradient => _memory.Gradients.Span.Slice(_node.OutputOffset, _node.OutputLength);

    /// <summary>Whether backward is to compute the gradient of this input.</summary>
    public bool WantsInputGradient(int input = 0) => _node.Targets[input] != GradientTarget.None;

    /// <summary>Where backward writes the gradient with respect to an input: (C, H, W, lanes).</summary>
    public Span<float> InputGradient(int input = 0) => _node.Targets[input] switch
    {
        GradientTarget.Write => _memory.Gradients.Span.Slice(_node.InputOffsets[input], _node.InputLengths[input]),
        // Others wrote there before: the plan adds this one when the operator is done.
        GradientTarget.Add => _workspace.Sums.Span.Slice(_node.SumOffsets[input], _node.InputLengths[input]),
        _ => [],
    };

    /// <summary>The values of a parameter, in PyTorch's order.</summary>
    public ReadOnlySpan<float> Parameter(int parameter) => _node.Node.Parameters[parameter].Value.Values;

    /// <summary>Whether gradients change this parameter: a layer may have kernels that do not learn beside a bias that does.</summary>
    public bool WantsParameterGradient(int parameter) => _node.ParameterOffsets[parameter] >= 0;

    /// <summary>Where backward adds the gradient of a parameter; empty for buffers and for what is deferred.</summary>
    public Span<float> ParameterGradient(int parameter) =>
        _node.ParameterOffsets[parameter] < 0 || parameter == _node.Operator.DeferredParameter ? [] : _parameterGradients.Slice(_node.ParameterOffsets[parameter], _node.Node.Parameters[parameter].Value.Length);

    /// <summary>What this slice keeps from forward to backward.</summary>
    public Span<float> State => _memory.States.Span.Slice(_node.StateOffset, _node.Operator.StateLength);

    /// <summary>What this slice leaves for <see cref="Operator.DeferredGradient"/>.</summary>
    internal Span<float> Trace => _node.Traces!.Span.Slice(Index * _node.Operator.TraceLength, _node.Operator.TraceLength);

    /// <summary>Memory for this call alone; holds anything.</summary>
    public Span<float> Scratch => _workspace.Scratch.Span[.._node.Operator.ScratchLength];
}
