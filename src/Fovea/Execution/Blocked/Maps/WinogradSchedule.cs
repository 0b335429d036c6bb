using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked;

/// <summary>
/// How a Winograd convolution, forward or of gradients, is cut into phases and tasks. Where the weights are small, a task
/// takes a chunk of tiles through all steps while it is in its core's cache. Where they are large, they should meet as
/// many tiles as there are at once: all threads share each of the three steps.
/// </summary>
internal sealed class WinogradSchedule
{
    /// <summary>Tiles of a task's chunk. Few, so that weights and chunk fit into the second-level cache together.</summary>
    private const int ChunkTiles = 14;

    /// <summary>Chunks that there must be, for every thread to have its share.</summary>
    private const int MinChunks = 8;

    /// <summary>Floats of weights that every chunk may read anew.</summary>
    private const int MaxChunkWeights = 1 << 20;

    /// <summary>Floats of transformed tiles that all threads share at a time, and tiles that weights should meet at least.</summary>
    private const int SharedFloats = 1 << 22;
    private const int MinSharedTiles = 56;

    private const int Parts = 16;

    private readonly BlockedContext _context;
    private readonly WinogradSize _size;
    private readonly int _sharedTiles;

    /// <param name="context">The plan.</param>
    /// <param name="size">The convolution of a whole batch.</param>
    public WinogradSchedule(BlockedContext context, WinogradSize size)
    {
        _context = context;
        _size = size;
        int tileLength = size.Positions * (size.InputBlocks + size.OutputBlocks) * BlockedCorrelation.Block;
        _sharedTiles = Math.Min(WinogradChunk.RoomFor(size.Tiles), Math.Max(MinSharedTiles, SharedFloats / tileLength / 7 * 7));
        if (size.WeightLength <= MaxChunkWeights)
            _sharedTiles = Math.Min(_sharedTiles, MinChunks * ChunkTiles);
    }

    /// <summary>Floats that a task may use and forget.</summary>
    public int ScratchLength => LengthOf(ChunkTiles);

    /// <summary>Floats that the phases share, the first of what all operators share.</summary>
    public int SharedLength => LengthOf(_sharedTiles);

    private int LengthOf(int tiles) => _size.TransformedLength(_size.InputBlocks, tiles) + _size.TransformedLength(_size.OutputBlocks, tiles);

    /// <summary>Of fewer samples there may be too few chunks, where a whole batch has enough.</summary>
    public int Phases => 3 * (IsShared(_context.Batch) ? Groups(_context.Batch) : (MinChunks * ChunkTiles + _sharedTiles - 1) / _sharedTiles);

    public int Tasks(int phase, int count) =>
        !IsShared(count) ? (phase == 0 ? Chunks(count) : 0)
        : phase / 3 >= Groups(count) ? 0
        : phase % 3 == 1 ? _size.Positions : Parts;

    /// <summary>The convolution of <paramref name="count"/> samples.</summary>
    public WinogradSize SizeFor(int count) => _size with { Samples = count };

    /// <summary>Does one task.</summary>
    /// <param name="operands">Of the size for <paramref name="count"/> samples.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="task">The task.</param>
    /// <param name="count">Samples.</param>
    /// <param name="worker">Whose scratch may be used.</param>
    public unsafe void Run(in WinogradCorrelation.Operands operands, int phase, int task, int count, int worker)
    {
        bool isShared = IsShared(count);
        int most = isShared ? _sharedTiles : ChunkTiles, first = (isShared ? phase / 3 : task) * most;
        fixed (float* memory = isShared ? _context.Shared.Span : _context.Scratch[worker].Span)
        {
            var chunk = new WinogradChunk
            {
                First = first,
                Tiles = Math.Min(most, operands.Size.Tiles - first),
                Inputs = memory,
                Outputs = memory + _size.TransformedLength(_size.InputBlocks, most),
                Blocks = _size.OutputBlocks,
            };
            if (!isShared)
                WinogradCorrelation.Run(operands, chunk);
            else if (phase % 3 == 1)
                WinogradCorrelation.Multiply(operands, chunk, task, task + 1, 0, _size.OutputBlocks);
            else
                Transform(operands, chunk, task, inputs: phase % 3 == 0);
        }
    }

    /// <summary>A task's share of the transforms, there or back. Few blocks are divided by tiles as well, so that every thread has its share.</summary>
    private void Transform(in WinogradCorrelation.Operands operands, in WinogradChunk chunk, int task, bool inputs)
    {
        int blocks = inputs ? _size.InputBlocks : _size.OutputBlocks, sections = Math.Max(1, Parts / blocks), groups = Parts / sections;
        int group = task / sections, section = task % sections;
        if (group >= groups)
            return;
        int firstTile = chunk.Tiles * section / sections, endTile = chunk.Tiles * (section + 1) / sections;
        int firstBlock = blocks * group / groups, endBlock = blocks * (group + 1) / groups;
        if (inputs)
            WinogradCorrelation.TransformInputs(operands, chunk, firstTile, endTile, firstBlock, endBlock);
        else
            WinogradCorrelation.TransformOutputs(operands, chunk, firstTile, endTile, firstBlock, endBlock);
    }

    private int Chunks(int count) => (count * _size.TilesPerSample + ChunkTiles - 1) / ChunkTiles;

    private int Groups(int count) => (count * _size.TilesPerSample + _sharedTiles - 1) / _sharedTiles;

    /// <summary>Whether there are too few chunks for every thread to have some of its own, or each would need all of large weights.</summary>
    private bool IsShared(int count) => _size.WeightLength > MaxChunkWeights || Chunks(count) < MinChunks;
}
