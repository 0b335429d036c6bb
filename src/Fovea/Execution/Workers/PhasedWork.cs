namespace Fovea.Execution.Workers;

/// <summary>
/// Work over a batch, cut into phases with a meeting of all threads in between, and a phase into tasks, whose number does
/// not depend on the threads. A task writes nothing that another task of its phase reads or writes, so results do not depend
/// on who does it when. Forward and backward of every engine, packing and conversions are such work.
/// </summary>
internal abstract class PhasedWork
{
    public virtual int Phases => 1;

    /// <summary>Floats that a task may use and forget.</summary>
    public virtual int ScratchLength => 0;

    /// <summary>Floats that the phases share, and that are forgotten after the last.</summary>
    public virtual int SharedLength => 0;

    /// <summary>The tasks of a phase for a batch of <paramref name="count"/> samples.</summary>
    public abstract int Tasks(int phase, int count);

    /// <summary>Does one task. <paramref name="worker"/> numbers the thread, from 0, for memory of its own.</summary>
    public abstract void Run(int phase, int task, int count, int worker);
}

/// <summary>Runs phased work, one at a time, phase by phase.</summary>
internal sealed class PhaseRunner : IWork
{
    private PhasedWork _work = null!;
    private int _phase;
    private int _count;

    /// <summary>Runs all phases for a batch of so many samples, on at most so many threads.</summary>
    public void Run(PhasedWork work, int count, int threads)
    {
        (_work, _count) = (work, count);
        for (_phase = 0; _phase < work.Phases; _phase++)
            if (work.Tasks(_phase, count) is > 0 and var tasks)
                WorkerPool.Shared.Run(this, tasks, threads);
    }

    void IWork.Do(int item, int worker) => _work.Run(_phase, item, _count, worker);
}
