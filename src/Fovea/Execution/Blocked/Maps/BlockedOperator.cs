using Fovea.Execution.Graph;
using Fovea.Execution.Workers;
using Fovea.Networks;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>What the operators of a plan share.</summary>
internal sealed class BlockedContext
{
    public required PlanOptions Options { get; init; }

    /// <summary>The largest number of samples.</summary>
    public int Batch => Options.Batch;

    /// <summary>How many threads there may be, each with scratch of its own.</summary>
    public int Workers => Math.Min(Options.Threads, WorkerPool.MaxThreads);

    public bool HasBackward => Options.HasGradients;

    /// <summary>How many training steps came before; names random streams.</summary>
    public ulong Step { get; set; }

    /// <summary>All trainable parameters' gradients, if they are wanted.</summary>
    public AlignedBuffer? Gradients { get; set; }

    /// <summary>Where each parameter's lies there.</summary>
    public Dictionary<Parameter, int> GradientOffsets { get; } = [];

    /// <summary>Whether a parameter's gradient is wanted.</summary>
    public bool WantsGradient(Parameter parameter) => Options.ParameterGradients && parameter.Learns;

    /// <summary>Where a parameter's gradient goes; empty if there is none.</summary>
    public Span<float> Gradient(Parameter parameter) =>
        GradientOffsets.TryGetValue(parameter, out int offset) ? Gradients!.Span.Slice(offset, parameter.Value.Length) : [];

    /// <summary>One buffer a worker, as long as the largest that an operator needs; so it comes when all operators are there.</summary>
    public AlignedBuffer[] Scratch { get; set; } = [];

    /// <summary>What the tasks of one operator hand on from phase to phase; as long, and there as late, as <see cref="Scratch"/>.</summary>
    public AlignedBuffer Shared { get; set; } = new(0);
}

/// <summary>
/// What runs a node, or several fused into one, over the whole batch: forward, backward and the packing of weights, each of
/// which is <see cref="PhasedWork"/> (<see cref="OperatorWork"/>).
/// </summary>
internal abstract class BlockedOperator(BlockedContext context, FusionGroup group, Node[] nodes, BlockedMap[] inputs, BlockedMap output)
{
    protected BlockedContext Context { get; } = context;

    /// <summary>The nodes that this operator runs, one after the other in the network.</summary>
    public Node[] Nodes { get; } = nodes;

    public BlockedMap[] Inputs { get; } = inputs;

    public BlockedMap Output { get; } = output;

    protected BlockedMap Input => Inputs[0];

    /// <summary>How the work is done, in a few words: <c>direct</c>, <c>Winograd 4×4</c>.</summary>
    public abstract string Algorithm { get; }

    /// <summary>Floats that a task may use and forget.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats that the operator's phases share and forget at the end.</summary>
    public virtual int SharedLength => 0;

    /// <summary>What it runs.</summary>
    public FusionGroup Group { get; } = group;

    /// <summary>What becomes of every input's gradient.</summary>
    public GradientTarget[] Targets => Group.Targets;

    public virtual int ForwardPhases => 1;

    public virtual int BackwardPhases => 1;

    /// <summary>Into how many tasks <see cref="Pack"/> is cut; 0 if the operator reads the parameters where they lie.</summary>
    public virtual int PackTasks => 0;

    /// <summary>Reads a part of the parameters into the form the operator works with.</summary>
    public virtual void Pack(int task) { }

    /// <summary>Whether the gradient of the first input may be written over that of the output.</summary>
    public virtual bool OverwritesGradient => false;

    /// <summary>The tasks of a phase for a batch of <paramref name="count"/> samples.</summary>
    public abstract int ForwardTasks(int phase, int count);

    public abstract void Forward(int phase, int task, int count, int worker);

    public virtual int BackwardTasks(int phase, int count) =>
        throw new NotSupportedException($"{GetType().Name} has no backward");

    public virtual void Backward(int phase, int task, int count, int worker) =>
        throw new NotSupportedException($"{GetType().Name} has no backward");

    protected Span<float> Scratch(int worker) => Context.Scratch[worker].Span;

    protected Span<float> ParameterGradient(int node, int parameter) => Context.Gradient(Nodes[node].Parameters[parameter]);
}
