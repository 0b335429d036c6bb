using System.Runtime.ExceptionServices;

namespace Fovea.Data;

/// <summary>
/// Loads the batches of an epoch ahead of whoever takes them, on threads of its own, each batch on one thread. What a batch
/// holds does not depend on who loads it or when. With no threads, a batch is loaded when it is taken. Taking batches
/// allocates nothing. Serves one taker. One thread loads as long as it keeps up, since threads that train wait for each
/// other and lose more by a busy processor than by its share; the others help from when the taker had to wait until the
/// queue is full again.
/// </summary>
internal sealed class BatchQueue : IDisposable
{
    private readonly BatchLoader _loader;
    private readonly int _classes;
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;
    private readonly object _lock = new();
    private int _next, _loading, _taken = -1;
    private bool _stopped, _isShort;
    private Exception? _error;

    /// <summary>A queue that loads nothing before <see cref="StartEpoch"/>.</summary>
    /// <param name="loader">Is the queue's own from now on.</param>
    /// <param name="classes">The length of a row of targets.</param>
    /// <param name="threads">How many threads load; 0 for the taker's.</param>
    public BatchQueue(BatchLoader loader, int classes, int threads)
    {
        _loader = loader;
        _classes = classes;
        _next = loader.BatchCount;
        // One batch is with the taker, one with each thread, and one is ready.
        _slots = new Slot[threads == 0 ? 1 : threads + 2];
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = new Slot(loader.BatchSize, loader.Dataset.ImageShape.Length, classes);
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            bool helps = i > 0;
            _threads[i] = new Thread(() => Serve(helps)) { IsBackground = true, Name = $"Fovea loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Batches an epoch.</summary>
    public int BatchCount => _loader.BatchCount;

    /// <summary>Begins an epoch, or goes on in it.</summary>
    public void StartEpoch(int epoch, int firstBatch)
    {
        lock (_lock)
        {
            _next = BatchCount;
            while (_loading > 0)
                Monitor.Wait(_lock);
            foreach (Slot slot in _slots)
                slot.Batch = -1;
            _loader.StartEpoch(epoch);
            _taken = firstBatch - 1;
            _next = firstBatch;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The next batch of the epoch, which stays as it is until the next call.</summary>
    /// <exception cref="InvalidOperationException">The epoch has no more batches.</exception>
    public Slot Take()
    {
        int batch = _taken + 1;
        if (batch >= BatchCount)
            throw new InvalidOperationException($"the epoch has only {BatchCount} batches");
        Slot slot = _slots[batch % _slots.Length];
        if (_threads.Length == 0)
        {
            slot.Load(_loader, batch, _classes);
            _taken = batch;
            return slot;
        }
        lock (_lock)
        {
            _taken = batch;
            Monitor.PulseAll(_lock);
            while (slot.Batch != batch && _error is null)
            {
                if (!_isShort)
                {
                    _isShort = true;
                    Monitor.PulseAll(_lock);
                }
                Monitor.Wait(_lock);
            }
            if (_error is not null)
                ExceptionDispatchInfo.Throw(_error);
            return slot;
        }
    }

    /// <summary>Ends the threads, after the batches they are loading.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Serve(bool helps)
    {
        while (true)
        {
            int batch;
            lock (_lock)
            {
                // A slot is free when the batch after the one it held has been taken.
                while (!_stopped)
                {
                    bool isFull = _next >= BatchCount || _next >= Math.Max(_taken, 0) + _slots.Length;
                    _isShort &= !isFull;
                    if (!isFull && (_isShort || !helps))
                        break;
                    Monitor.Wait(_lock);
                }
                if (_stopped)
                    return;
                batch = _next++;
                _loading++;
            }
            Slot slot = _slots[batch % _slots.Length];
            Exception? error = null;
            try
            {
                slot.Load(_loader, batch, _classes);
            }
            catch (Exception e)
            {
                error = e;
            }
            lock (_lock)
            {
                _error ??= error;
                slot.Batch = batch;
                _loading--;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>A batch and its memory.</summary>
    public sealed class Slot(int batchSize, int imageLength, int classes)
    {
        private readonly float[] _images = new float[batchSize * imageLength];
        private readonly int[] _labels = new int[batchSize];
        private readonly float[] _targets = new float[batchSize * classes];

        /// <summary>Which batch it is; −1 for none.</summary>
        internal int Batch { get; set; } = -1;

        /// <summary>How many samples it has.</summary>
        public int Count { get; private set; }

        /// <summary>(count, C, H, W), normalised.</summary>
        public ReadOnlySpan<float> Images => _images.AsSpan(0, Count * imageLength);

        /// <summary>(count): the classes before samples were mixed.</summary>
        public ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

        /// <summary>(count, classes).</summary>
        public ReadOnlySpan<float> Targets => _targets.AsSpan(0, Count * classes);

        internal void Load(BatchLoader loader, int batch, int classCount) =>
            Count = loader.Load(batch, _images, _labels, _targets, classCount);
    }
}
