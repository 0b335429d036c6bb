namespace Fovea.Kernels.Blocked;

/// <summary>Some tiles of a Winograd convolution on their way through it, and the memory in which they lie transformed.</summary>
internal unsafe struct WinogradChunk
{
    /// <summary>Tiles that are multiplied at once.</summary>
    private const int Group = 7;

    /// <summary>The first tile, counted through the whole batch.</summary>
    public int First;

    /// <summary>How many tiles.</summary>
    public int Tiles;

    /// <summary>(n², inputBlocks, <see cref="Room"/>, 16): the transformed inputs.</summary>
    public float* Inputs;

    /// <summary>(n², <see cref="Blocks"/>, <see cref="Room"/>, 16): the products, or the transformed gradients of outputs.</summary>
    public float* Outputs;

    /// <summary>The first block of outputs that <see cref="Outputs"/> holds.</summary>
    public int FirstBlock;

    /// <summary>How many blocks of outputs <see cref="Outputs"/> holds.</summary>
    public int Blocks;

    /// <summary>Tiles that the memory has room for: whole groups, those past the last tile zero.</summary>
    public readonly int Room => RoomFor(Tiles);

    /// <summary>The room that this many tiles need.</summary>
    public static int RoomFor(int tiles) => (tiles + Group - 1) / Group * Group;

    public readonly int InputPosition(int inputBlocks) => WinogradSize.PositionStep(inputBlocks, Room);

    public readonly int OutputPosition => WinogradSize.PositionStep(Blocks, Room);
}
