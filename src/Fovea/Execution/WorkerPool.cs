namespace Fovea.Execution;

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
internal sealed class WorkerPool
{
    private const int SpinsBeforeSleep = 2000;
    private const int MostThreadsPerProcessor = 4;

    private readonly Lock _busy = new();
    private readonly object _sleep = new();
    private volatile int _generation;
    private IWork? _work;
    private int _items;
    private int _next;
    private int _active;
    private int _pending;
    private int _threads = 1;
    private Exception? _error;

    public static WorkerPool Shared { get; } = new();

    /// <summary>More threads than this never work at once.</summary>
    public static int MostThreads => MostThreadsPerProcessor * Environment.ProcessorCount;

    /// <summary>Does all items on at most this many threads, the caller's among them, and returns when all are done.</summary>
    public void Run(IWork work, int items, int threads)
    {
        threads = Math.Min(Math.Min(threads, items), MostThreads);
        // The lock would let its holder in again: work that runs work does so on its own thread.
        if (threads <= 1 || _busy.IsHeldByCurrentThread || !_busy.TryEnter())
        {
            for (int item = 0; item < items; item++)
                work.Do(item, worker: 0);
            return;
        }
        try
        {
            for (; _threads < threads; _threads++)
                Start(_threads);
            _work = work;
            _items = items;
            _next = 0;
            _active = threads;
            _error = null;
            _pending = _threads - 1;
            lock (_sleep)
            {
                _generation++;
                Monitor.PulseAll(_sleep);
            }
            DoItems(worker: 0);
            var spin = new SpinWait();
            while (Volatile.Read(ref _pending) > 0)
                spin.SpinOnce(sleep1Threshold: -1);
            _work = null;
            if (_error is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
        }
        finally
        {
            _busy.Exit();
        }
    }

    private void Start(int worker)
    {
        int generation = _generation;
        var thread = new Thread(() => Serve(worker, generation)) { IsBackground = true, Name = $"Fovea worker {worker}" };
        thread.Start();
    }

    private void Serve(int worker, int generation)
    {
        while (true)
        {
            for (int spins = 0; _generation == generation && spins < SpinsBeforeSleep; spins++)
                Thread.SpinWait(20);
            if (_generation == generation)
                lock (_sleep)
                    while (_generation == generation)
                        Monitor.Wait(_sleep);
            generation++;
            if (worker < _active)
                DoItems(worker);
            Interlocked.Decrement(ref _pending);
        }
    }

    private void DoItems(int worker)
    {
        try
        {
            for (int item; (item = Interlocked.Increment(ref _next) - 1) < _items;)
                _work!.Do(item, worker);
        }
        catch (Exception error)
        {
            Volatile.Write(ref _next, _items);
            Interlocked.CompareExchange(ref _error, error, null);
        }
    }
}
