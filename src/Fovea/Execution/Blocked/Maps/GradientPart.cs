namespace Fovea.Execution.Blocked;

/// <summary>
/// One of the things that an operator's backward consists of: the gradient of its weights, say, or that of its input. Cut
/// into phases and tasks as <see cref="BlockedOperator"/> describes.
/// </summary>
internal abstract class GradientPart
{
    public virtual int Phases => 1;

    /// <summary>Floats that a task may use and forget.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats that the part's phases share, and that are forgotten after its last.</summary>
    public virtual int SharedLength => 0;

    public abstract int Tasks(int phase, int count);

    public abstract void Run(int phase, int task, int count, int worker);
}
