using System.Diagnostics;

namespace Fovea.Execution.Workers;

/// <summary>
/// How many threads may work on a machine that does other things, too. A thread that holds an item and is not scheduled
/// keeps all others waiting, for a time slice of the system: then one thread fewer is faster. Every stall takes a
/// quarter of the workers out, at least one, for twice as long as the stall before; then they come back one by one. Calm
/// times make the next pause shorter again.
/// </summary>
internal sealed class WorkerLimit
{
    private static readonly long MinPause = Stopwatch.Frequency / 100;
    private static readonly long MaxPause = 2 * Stopwatch.Frequency;

    private int _threads = int.MaxValue;
    private long _pause = MinPause;
    private long _until;

    /// <summary>
    /// How long to wait for others, in timestamps, after <paramref name="items"/> items of one's own in a given time.
    /// Items take about equally long; who holds one for several times as long is probably not running.
    /// </summary>
    public static long Patience(long worked, int items) => (Stopwatch.Frequency / 10_000) + (3 * worked / Math.Max(1, items));

    /// <summary>The threads to use for work that could use <paramref name="threads"/>.</summary>
    public int Apply(int threads, long now)
    {
        if (_threads >= threads)
        {
            if (_pause > MinPause && now - _until > _pause)
                (_pause, _until) = (Math.Max(MinPause, _pause / 2), now);
            return threads;
        }
        if (now < _until)
            return _threads;
        _threads++;
        _until = now;
        return Math.Min(_threads, threads);
    }

    /// <summary>Others were waited for in vain.</summary>
    public void Stalled(int threads, long now)
    {
        _threads = Math.Max(1, threads - Math.Max(1, threads / 4));
        _until = now + _pause;
        _pause = Math.Min(2 * _pause, MaxPause);
    }
}
