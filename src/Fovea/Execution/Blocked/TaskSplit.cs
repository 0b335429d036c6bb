namespace Fovea.Execution.Blocked;

/// <summary>One task's rows and blocks of outputs.</summary>
internal readonly record struct Part(int FirstRow, int Rows, int FirstBlock, int Blocks);

/// <summary>
/// How one sample's output is cut into tasks: into chunks of rows that leave the first-level caches room, and into
/// groups of an even number of blocks, until there is enough for several threads. It depends on the shapes alone.
/// </summary>
internal sealed class TaskSplit
{
    /// <summary>Less work than this is not worth waking another thread for.</summary>
    private const long LeastWork = 1 << 19;

    /// <summary>Floats of input that a task should go over: half a second-level cache.</summary>
    private const int MostInput = 1 << 17;

    private const int MostTasks = 16;

    private readonly Part[] _parts;

    private TaskSplit(Part[] parts) => _parts = parts;

    public int Count => _parts.Length;

    public Part this[int task] => _parts[task];

    /// <param name="rows">Rows of output.</param>
    /// <param name="blocks">Blocks of 16 outputs.</param>
    /// <param name="work">Multiply-adds of a sample.</param>
    /// <param name="rowLength">Floats of input that a row of output goes over.</param>
    public static TaskSplit Of(int rows, int blocks, long work, long rowLength)
    {
        int wanted = (int)Math.Clamp(work / LeastWork, 1, MostTasks);
        int chunk = (int)Math.Clamp(MostInput / Math.Max(1, rowLength), 1, rows);
        int chunks = (rows + chunk - 1) / chunk;
        if (chunks < wanted && blocks < 2 * wanted)
            chunks = Math.Min(rows, wanted);
        int pairs = (blocks + 1) / 2, groups = Math.Clamp((wanted + chunks - 1) / chunks, 1, pairs);
        var parts = new Part[chunks * groups];
        for (int c = 0; c < chunks; c++)
            for (int g = 0; g < groups; g++)
            {
                int row = rows * c / chunks, block = 2 * (pairs * g / groups), end = Math.Min(blocks, 2 * (pairs * (g + 1) / groups));
                parts[c * groups + g] = new Part(row, rows * (c + 1) / chunks - row, block, end - block);
            }
        return new TaskSplit(parts);
    }
}
