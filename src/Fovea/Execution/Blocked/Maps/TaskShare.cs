namespace Fovea.Execution.Blocked;

/// <summary>
/// How items that any task may take, rows of pixels for instance, are dealt out: as many tasks as there is work for, in
/// runs of items. It depends on shapes and samples alone.
/// </summary>
internal static class TaskShare
{
    private const int FloatsATask = 1 << 13;

    /// <summary>The number of tasks.</summary>
    /// <param name="items">How many items there are.</param>
    /// <param name="length">Floats of an item.</param>
    public static int Tasks(long items, int length) => (int)Math.Clamp(items * length / FloatsATask, 1, items);

    /// <summary>The items of a task.</summary>
    /// <param name="task">Which task.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="length">Floats of an item.</param>
    public static (int First, int End) Of(int task, long items, int length)
    {
        long tasks = Tasks(items, length);
        return ((int)(items * task / tasks), (int)(items * (task + 1) / tasks));
    }
}
