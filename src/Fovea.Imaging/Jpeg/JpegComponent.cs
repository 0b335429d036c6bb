namespace Fovea.Imaging.Jpeg;

/// <summary>One plane of samples of a image, such as its brightness.</summary>
/// <param name="id">What the file calls it.</param>
/// <param name="h">Samples across for <see cref="JpegFrame.MaxH"/> pixels.</param>
/// <param name="v">Samples down for <see cref="JpegFrame.MaxV"/> pixels.</param>
/// <param name="table">Which quantization table is its own.</param>
internal sealed class JpegComponent(int id, int h, int v, int table)
{
    public int Id { get; } = id;

    public int H { get; } = h;

    public int V { get; } = v;

    public int Table { get; } = table;

    /// <summary>Samples that a block gives across and down: 8, or fewer in a reduced image.</summary>
    public int Side { get; private set; } = 8;

    /// <summary>Samples across and down, without padding, reduced as <see cref="Side"/> says.</summary>
    public int Width { get; private set; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; private set; }

    /// <summary>Blocks across and down that hold at least one sample of the image.</summary>
    public int BlocksAcross { get; private set; }

    /// <inheritdoc cref="BlocksAcross"/>
    public int BlocksDown { get; private set; }

    /// <summary>The steps of its coefficients, which are those that are in force when its first scan begins; null before.</summary>
    public short[]? Quantization { get; set; }

    /// <summary>
    /// The coefficients of a band, (<see cref="V"/>, blocks across, 64 in the order of the file), where they come in several
    /// scans; else empty.
    /// </summary>
    public short[] Coefficients { get; private set; } = [];

    /// <summary>For every coefficient: how many low bits are missing still, or −1 if all are.</summary>
    public sbyte[] MissingBits { get; } = [.. Enumerable.Repeat((sbyte)-1, BlockLayout.Size)];

    /// <summary>Which AC coefficients may be other than 0 in any block of the band, the lowest bit for the first.</summary>
    public ulong Occupied { get; set; }

    /// <summary>How many scans have sent every coefficient.</summary>
    public byte[] TimesSent { get; } = new byte[BlockLayout.Size];

    public void SetSize(int width, int height, int maxH, int maxV)
    {
        Width = ((width * H) + maxH - 1) / maxH;
        Height = ((height * V) + maxV - 1) / maxV;
        BlocksAcross = (Width + 7) / 8;
        BlocksDown = (Height + 7) / 8;
    }

    /// <summary>
    /// Gives every block fewer samples. A component that is subsampled keeps as many more as fill the reduced image, as
    /// the Independent JPEG Group's decoder does, and then needs no interpolation.
    /// </summary>
    public void Reduce(JpegFrame frame)
    {
        int across = frame.MaxH * frame.BlockSide, down = frame.MaxV * frame.BlockSide;
        for (Side = frame.BlockSide; Side < 8 && across % (2 * H * Side) == 0 && down % (2 * V * Side) == 0;)
            Side *= 2;
        Width = ((frame.Width * H * Side) + (8 * frame.MaxH) - 1) / (8 * frame.MaxH);
        Height = ((frame.Height * V * Side) + (8 * frame.MaxV) - 1) / (8 * frame.MaxV);
    }

    public void AllocateBand() => Coefficients = new short[V * BlocksAcross * BlockLayout.Size];

    /// <summary>Makes room for the next band.</summary>
    public void ClearBand()
    {
        Array.Clear(Coefficients);
        Occupied = 0;
    }

    /// <summary>Where the coefficients of a block of the band begin.</summary>
    public nint BlockOffset(int column, int row) => (((nint)row * BlocksAcross) + column) * BlockLayout.Size;
}
