namespace Fovea.Execution.Workers;

/// <summary>
/// Refuses a second caller while the first is inside: what it guards keeps the state of a run in its fields, and two runs
/// at once would corrupt each other. One atomic exchange a call, no allocation, no waiting.
/// </summary>
/// <param name="what">What the message says is in use, and how to get another one.</param>
internal sealed class OneCaller(string what)
{
    private int _isInside;

    /// <summary>Enters; the result's disposal leaves again.</summary>
    /// <exception cref="InvalidOperationException">Another call is inside.</exception>
    public Stay Enter()
    {
        if (Interlocked.Exchange(ref _isInside, 1) != 0)
            Refuse();
        return new Stay(this);
    }

    private void Refuse() => throw new InvalidOperationException(what);

    /// <summary>A call that is inside.</summary>
    public readonly ref struct Stay(OneCaller owner)
    {
        /// <summary>Leaves.</summary>
        public void Dispose() => Volatile.Write(ref owner._isInside, 0);
    }
}
