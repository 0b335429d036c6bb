namespace Fovea.Kernels.Blocked;

/// <summary>Where a tile lies: its sample, and its row and column among the sample's tiles.</summary>
internal struct WinogradPlace
{
    public int Sample;
    public int Row;
    public int Column;

    public WinogradPlace(in WinogradSize size, int tile)
    {
        (Sample, int within) = Math.DivRem(tile, size.TilesPerSample);
        (Row, Column) = Math.DivRem(within, size.TileColumns);
    }

    /// <summary>Goes on to the next tile.</summary>
    public void Next(in WinogradSize size)
    {
        if (++Column < size.TileColumns)
            return;
        Column = 0;
        if (++Row < size.TileRows)
            return;
        Row = 0;
        Sample++;
    }
}
