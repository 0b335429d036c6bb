using Fovea.Execution.Blocked;
using Fovea.Execution.Graph;

namespace Fovea.Execution.Quantized;

/// <summary>
/// A step of a plan over quantised maps. As in <see cref="BlockedOperator"/>, a step's work is cut into phases and
/// these into tasks, whose number does not depend on the threads and which any worker may do.
/// </summary>
/// <param name="group">The nodes that it runs; null if it only converts an activation.</param>
internal abstract class QuantizedOperator(FusionGroup? group)
{
    /// <summary>The nodes that it runs; null if it only converts an activation.</summary>
    public FusionGroup? Group { get; } = group;

    /// <summary>How the work is done, in a few words.</summary>
    public abstract string Algorithm { get; }

    public virtual int Phases => 1;

    /// <summary>Floats that a task may use and forget.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats that the operator's phases share and forget at the end.</summary>
    public virtual int SharedLength => 0;

    /// <summary>Bytes that one thread makes sooner than another wakes.</summary>
    protected const int TooFewToShare = 1 << 15;

    /// <summary>Reads the parameters into the form the operator works with.</summary>
    public virtual void Pack() { }

    public abstract int Tasks(int phase, int count);

    public abstract void Run(int phase, int task, int count, int worker);
}

/// <summary>Runs in floats what has no operator for bytes.</summary>
internal sealed class FloatOperator(BlockedOperator inner) : QuantizedOperator(inner.Group)
{
    public BlockedOperator Inner { get; } = inner;

    public override string Algorithm => Inner.Algorithm;

    public override int Phases => Inner.ForwardPhases;

    public override int ScratchLength => Inner.ScratchLength;

    public override int SharedLength => Inner.SharedLength;

    public override void Pack()
    {
        for (int task = 0; task < Inner.PackTasks; task++)
            Inner.Pack(task);
    }

    public override int Tasks(int phase, int count) => Inner.ForwardTasks(phase, count);

    public override void Run(int phase, int task, int count, int worker) => Inner.Forward(phase, task, count, worker);
}
