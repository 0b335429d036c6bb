namespace Fovea.Kernels.Blocked;

/// <summary>
/// How a Winograd convolution cuts a map of outputs into tiles and where its transformed numbers lie. Tiles are counted
/// through the rows of a sample, then through the samples.
/// </summary>
/// <param name="Tile">m, 2 or 4: outputs of a tile along one axis.</param>
/// <param name="Samples">Samples of the batch.</param>
/// <param name="Height">Rows of a map of outputs.</param>
/// <param name="Width">Columns of a map of outputs.</param>
/// <param name="InputBlocks">Blocks of 16 input channels.</param>
/// <param name="OutputBlocks">Blocks of 16 output channels.</param>
internal readonly record struct WinogradSize(int Tile, int Samples, int Height, int Width, int InputBlocks, int OutputBlocks)
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>n² = (m + 2)²: products that make up a tile.</summary>
    public int Positions => (Tile + 2) * (Tile + 2);

    public int TileRows => (Height + Tile - 1) / Tile;

    public int TileColumns => (Width + Tile - 1) / Tile;

    public int TilesPerSample => TileRows * TileColumns;

    public int Tiles => Samples * TilesPerSample;

    /// <summary>
    /// Floats from one position to the next of (n², blocks, tiles, 16). An odd number of cache lines: a tile's vectors,
    /// one from each position, must not all fall into the same few sets of the cache.
    /// </summary>
    public static int PositionStep(int blocks, int tiles) => checked((blocks * tiles | 1) * Block);

    /// <summary>Floats from one position to the next of the packed weights (n², outputBlocks, inputBlocks · 16, 16).</summary>
    public int WeightPosition => PositionStep(OutputBlocks, InputBlocks * Block);

    /// <summary>Floats of the packed weights, and of their gradient before it is transformed back.</summary>
    public int WeightLength => checked(Positions * WeightPosition);

    /// <summary>Floats for this many tiles of this many blocks, transformed.</summary>
    public int TransformedLength(int blocks, int tiles) => checked(Positions * PositionStep(blocks, tiles));
}
