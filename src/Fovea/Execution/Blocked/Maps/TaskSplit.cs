namespace Fovea.Execution.Blocked;

/// <summary>One task's rows and blocks of outputs.</summary>
internal readonly record struct TaskPart(int FirstRow, int Rows, int FirstBlock, int Blocks);

/// <summary>
/// How one sample's output is cut into tasks, into chunks of rows and groups of an even number of blocks, so that there
/// is enough for several threads. Every chunk goes over all weights and every group over all inputs: the cut that costs
/// least is taken. It depends on the shapes alone.
/// </summary>
internal sealed class TaskSplit
{
    /// <summary>Floats of input that a task should go over: half a second-level cache.</summary>
    private const int MaxInput = 1 << 17;

    /// <summary>Nanoseconds of a multiply-add, of a float that comes from the last-level cache or memory, and to hand out a task.</summary>
    private const double Product = 0.016, Read = 0.15, Task = 400;

    /// <summary>Pixels of a tile's half; a half alone takes most of a whole tile's time.</summary>
    private const int Half = 7;
    private const double HalfTime = 0.7;

    private readonly TaskPart[] _parts;

    private readonly bool _samplesInside;

    private TaskSplit(TaskPart[] parts, bool samplesInside)
    {
        _parts = parts;
        _samplesInside = samplesInside;
    }

    /// <summary>Parts of a sample.</summary>
    public int Count => _parts.Length;

    /// <summary>
    /// Whose part a task of all <paramref name="count"/> samples is. Tasks next to one another share what is larger: the
    /// sample's input, or the part's weights.
    /// </summary>
    public (int Sample, TaskPart Part) At(int task, int count) =>
        _samplesInside ? (task % count, _parts[task / count]) : (task / _parts.Length, _parts[task % _parts.Length]);

    /// <param name="rows">Rows of output.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="blocks">Blocks of 16 outputs.</param>
    /// <param name="work">Multiply-adds of a sample.</param>
    /// <param name="rowLength">Floats of input that a row of output goes over.</param>
    /// <param name="weights">Floats of all weights.</param>
    /// <param name="samples">Samples of a run, each of which is cut so.</param>
    public static TaskSplit Of(int rows, int width, int blocks, long work, long rowLength, long weights, int samples)
    {
        int pairs = (blocks + 1) / 2;
        int least = Math.Min(rows, (int)((rows * rowLength + MaxInput - 1) / MaxInput));
        bool samplesInside = samples > 1 && weights > Math.Max(MaxInput, rows * rowLength);
        int fewest = samplesInside ? (int)Math.Min(pairs, (weights + MaxInput - 1) / MaxInput) : 1;
        (double Cost, int Chunks, int Groups) best = (double.MaxValue, 1, fewest);
        for (int groups = fewest; groups <= pairs; groups++)
            for (int chunks = Math.Max(1, least); chunks <= rows; chunks++)
                if (Cost(groups, chunks) is var cost && cost < best.Cost)
                    best = (cost, chunks, groups);
        var parts = new TaskPart[best.Chunks * best.Groups];
        for (int c = 0; c < best.Chunks; c++)
            for (int g = 0; g < best.Groups; g++)
            {
                int row = rows * c / best.Chunks, block = 2 * (pairs * g / best.Groups), end = Math.Min(blocks, 2 * (pairs * (g + 1) / best.Groups));
                parts[c * best.Groups + g] = new TaskPart(row, rows * (c + 1) / best.Chunks - row, block, end - block);
            }
        return new TaskSplit(parts, samplesInside);

        // As if every task were as large as the largest, and two threads dealt them out among them.
        double Cost(int groups, int chunks)
        {
            int most = (rows + chunks - 1) / chunks, halves = (most * width + Half - 1) / Half, tasks = chunks * groups * samples;
            double tiles = halves / 2 + halves % 2 * HalfTime, whole = (double)rows * width / (2 * Half);
            double share = chunks * tiles / whole * ((pairs + groups - 1) / groups * groups) / pairs * (tasks + tasks % 2) / tasks;
            return Product * work * share + Read * ((double)chunks * weights / (samplesInside ? samples : 1) + groups * rows * rowLength) + Task * chunks * groups;
        }
    }
}
