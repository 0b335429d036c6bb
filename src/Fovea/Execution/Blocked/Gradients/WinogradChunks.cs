using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked.Gradients;

/// <summary>How many tiles of a Winograd convolution one task takes through all steps, and the memory that it needs.</summary>
internal static class WinogradChunks
{
    /// <summary>Floats of a chunk's transformed inputs and products: about what the second-level cache holds.</summary>
    private const int ChunkFloats = 1 << 18;

    /// <summary>Tiles that are multiplied at once.</summary>
    private const int Group = 7;

    private const int LeastTiles = 2 * Group;
    private const int MostTiles = 16 * Group;

    /// <summary>Fewer chunks than this do not keep several threads busy.</summary>
    private const int LeastChunks = 4;

    public static int TilesATask(WinogradSize size)
    {
        int fits = ChunkFloats / (size.Positions * (size.InputBlocks + size.OutputBlocks) * BlockedCorrelation.Block);
        int shares = (size.Tiles + LeastChunks - 1) / LeastChunks;
        return Math.Clamp((Math.Max(Math.Min(fits, shares), size.InputBlocks * 4) + Group - 1) / Group * Group, LeastTiles, MostTiles);
    }

    public static int ScratchLength(WinogradSize size, int tiles) =>
        size.TransformedLength(size.InputBlocks, tiles) + size.TransformedLength(size.OutputBlocks, tiles);

    /// <summary>Takes the tiles from <paramref name="first"/> on through all steps.</summary>
    public static unsafe void Run(in WinogradCorrelation.Operands operands, int first, int tiles, float* scratch) =>
        WinogradCorrelation.Run(operands, new WinogradChunk
        {
            First = first,
            Tiles = Math.Min(tiles, operands.Size.Tiles - first),
            Inputs = scratch,
            Outputs = scratch + operands.Size.TransformedLength(operands.Size.InputBlocks, tiles),
            Blocks = operands.Size.OutputBlocks,
        });
}
