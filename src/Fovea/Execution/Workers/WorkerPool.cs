using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Fovea.Execution.Workers;

/// <summary>Work that is cut into items; any worker may do any item.</summary>
internal interface IWork
{
    /// <summary>Does one item. <paramref name="worker"/> numbers the thread, from 0, for memory of its own.</summary>
    void Do(int item, int worker);
}

/// <summary>
/// Threads that wait for work: they spin briefly, since the next step of a training run follows at once, and then
/// sleep. One pool serves the process; who finds it busy does the work on its own thread, with the same result, since
/// no result depends on who does an item. Running work allocates nothing.
/// </summary>
/// <remarks>
/// The caller waits only for items that are held by a thread, never for a thread to wake up: whoever comes late finds
/// nothing left. <see cref="WorkerLimit"/> takes workers out for a while when the system does not let them run.
/// </remarks>
/// <param name="arriving">Is called by a worker, with its number, before it looks for items: for tests that make it late.</param>
internal sealed class WorkerPool(Action<int>? arriving = null)
{
    private const int SpinsBeforeSleep = 2000;
    private const int SpinsBetweenLooks = 20;
    private const int MaxThreadsPerProcessor = 4;

    private readonly WorkerLimit _limit = new();
    private readonly object _finished = new();
    private readonly List<Sleeper> _sleepers = [];

    /// <summary>
    /// The threads that may take items, in the upper half, and the items that nobody has taken, in the lower one. All
    /// that makes a claim valid is in this one word, so whoever exchanges it successfully holds an item of the work
    /// that runs now, however long ago it read the word.
    /// </summary>
    private long _claims;

    private IWork? _work;
    private int _items;

    /// <summary>Items that are not known to be done.</summary>
    private int _unfinished;

    private bool _callerSleeps;
    private int _inUse;
    private int _callers;
    private int _recentCallers;
    private long _recentUntil;
    private Exception? _error;

    public static WorkerPool Shared { get; } = new();

    /// <summary>More threads than this never work at once.</summary>
    public static int MaxThreads => MaxThreadsPerProcessor * Environment.ProcessorCount;

    /// <summary>Does all items on at most this many threads, the caller's among them, and returns when all are done.</summary>
    public void Run(IWork work, int items, int threads)
    {
        threads = Math.Min(Math.Min(threads, items), MaxThreads);
        if (threads <= 1)
        {
            RunAlone(work, items);
            return;
        }
        int others = Interlocked.Increment(ref _callers) - 1;
        try
        {
            long started = Stopwatch.GetTimestamp();
            // Callers that work on threads of their own leave fewer processors to workers.
            if (RecentCallers(others, started) is > 0 and var recent)
                threads = Math.Min(threads, Environment.ProcessorCount - recent);
            if (threads <= 1 || Interlocked.CompareExchange(ref _inUse, 1, 0) != 0)
            {
                RunAlone(work, items);
                return;
            }
            try
            {
                threads = _limit.Apply(threads, started);
                if (threads <= 1)
                    RunAlone(work, items);
                else
                    RunShared(work, items, threads, started);
            }
            finally
            {
                Volatile.Write(ref _inUse, 0);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callers);
        }
    }

    /// <summary>
    /// The most other callers of a moment: between two phases of its plan, a caller is none. Threads may overwrite each
    /// other's finding; the next one is as good.
    /// </summary>
    private int RecentCallers(int others, long now)
    {
        if (others < _recentCallers && now < _recentUntil || others == 0 && _recentCallers == 0)
            return _recentCallers;
        _recentUntil = now + Stopwatch.Frequency / 100;
        return _recentCallers = others;
    }

    private static void RunAlone(IWork work, int items)
    {
        for (int item = 0; item < items; item++)
            work.Do(item, worker: 0);
    }

    private void RunShared(IWork work, int items, int threads, long started)
    {
        while (_sleepers.Count < threads - 1)
            Start();
        _work = work;
        _items = items;
        _unfinished = items;
        _error = null;
        Interlocked.Exchange(ref _claims, ((long)threads << 32) | (uint)items);
        for (int worker = 1; worker < threads; worker++)
            _sleepers[worker - 1].Wake();
        int own = DoItems(worker: 0);
        if (Volatile.Read(ref _unfinished) > 0)
            WaitForOthers(threads, own, started);
        _work = null;
        if (_error is not null)
            ExceptionDispatchInfo.Throw(_error);
    }

    /// <summary>Waits for items that other threads hold: awake for a moment, then asleep, which gives them the processor.</summary>
    private void WaitForOthers(int threads, int own, long started)
    {
        long waiting = Stopwatch.GetTimestamp(), patience = WorkerLimit.Patience(waiting - started, own);
        do
        {
            for (int spins = 0; spins < SpinsBetweenLooks; spins++)
            {
                if (Volatile.Read(ref _unfinished) == 0)
                    return;
                Thread.SpinWait(20);
            }
        }
        while (Stopwatch.GetTimestamp() - waiting < patience);
        lock (_finished)
        {
            _callerSleeps = true;
            // Between saying so and looking: the last one to finish goes the other way round, so one of them sees the other.
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _unfinished) > 0)
                Monitor.Wait(_finished);
            _callerSleeps = false;
        }
        // Who got no item itself knows nothing about how long one takes.
        if (own > 0)
            _limit.Stalled(threads, Stopwatch.GetTimestamp());
    }

    private void Start()
    {
        var sleeper = new Sleeper();
        _sleepers.Add(sleeper);
        int worker = _sleepers.Count;
        new Thread(() => Serve(worker, sleeper)) { IsBackground = true, Name = $"Fovea worker {worker}" }.Start();
    }

    private void Serve(int worker, Sleeper sleeper)
    {
        while (true)
        {
            for (int spins = 0; !HasItemFor(worker) && spins < SpinsBeforeSleep; spins++)
                Thread.SpinWait(20);
            if (!HasItemFor(worker))
            {
                sleeper.Sleep(this, worker);
                continue;
            }
            arriving?.Invoke(worker);
            DoItems(worker);
        }
    }

    private bool HasItemFor(int worker)
    {
        long claims = Volatile.Read(ref _claims);
        return (int)claims > 0 && worker < (int)(claims >> 32);
    }

    private bool TryClaim(int worker, out int item)
    {
        long claims = Volatile.Read(ref _claims);
        while ((int)claims > 0 && worker < (int)(claims >> 32))
        {
            long seen = Interlocked.CompareExchange(ref _claims, claims - 1, claims);
            if (seen == claims)
            {
                // Only now is it sure that the work does not change: it waits for this item.
                item = _items - (int)claims;
                return true;
            }
            claims = seen;
        }
        item = -1;
        return false;
    }

    /// <summary>Does items as long as there are any, and returns how many.</summary>
    private int DoItems(int worker)
    {
        int done = 0;
        try
        {
            while (TryClaim(worker, out int item))
            {
                done++;
                _work!.Do(item, worker);
            }
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _error, error, null);
            done += (int)Interlocked.Exchange(ref _claims, 0);
        }
        if (done > 0 && Interlocked.Add(ref _unfinished, -done) == 0 && Volatile.Read(ref _callerSleeps))
            lock (_finished)
                Monitor.Pulse(_finished);
        return done;
    }

    /// <summary>Where one worker sleeps, so that no more are woken than there are items for.</summary>
    private sealed class Sleeper
    {
        private readonly object _wake = new();
        private bool _asleep;

        public void Sleep(WorkerPool pool, int worker)
        {
            lock (_wake)
            {
                _asleep = true;
                // As in WaitForOthers: the caller offers work, then looks who sleeps.
                Interlocked.MemoryBarrier();
                while (_asleep && !pool.HasItemFor(worker))
                    Monitor.Wait(_wake);
                _asleep = false;
            }
        }

        public void Wake()
        {
            if (!Volatile.Read(ref _asleep))
                return;
            lock (_wake)
            {
                _asleep = false;
                Monitor.Pulse(_wake);
            }
        }
    }
}
