namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Images that come in several scans: all scans are followed side by side, a row of units at a time, so that only the
/// coefficients of one band are kept.
/// </summary>
internal static unsafe class ScanBands
{
    /// <summary>Decodes an image whose scans are all known.</summary>
    /// <exception cref="ImageFormatException">The data are damaged, or mean more work than their length justifies.</exception>
    public static void Decode(ReadOnlySpan<byte> file, JpegFrame frame, List<ScanDecoder> scans, SampleBands bands, DecodingBudget budget)
    {
        foreach (JpegComponent component in frame.Components)
            component.AllocateBand();
        for (int unit = 0; unit < frame.UnitsDown; unit++)
        {
            if (unit > 0)
                foreach (JpegComponent component in frame.Components)
                    component.ClearBand();
            foreach (ScanDecoder scan in scans)
                scan.DecodeBand(file, unit, budget);
            Place(frame, unit, bands);
            bands.Emit(unit);
        }
    }

    private static void Place(JpegFrame frame, int unit, SampleBands bands)
    {
        short* arranged = stackalloc short[BlockLayout.Size];
        for (int i = 0; i < frame.Components.Length; i++)
        {
            JpegComponent component = frame.Components[i];
            int rows = Math.Min(component.V, component.BlocksDown - (unit * component.V));
            fixed (short* coefficients = component.Coefficients)
                for (int row = 0; row < rows; row++)
                    for (int column = 0; column < component.BlocksAcross; column++)
                    {
                        short* block = coefficients + component.BlockOffset(column, row);
                        ulong occupied = BlockLayout.Occupied(block);
                        BlockLayout.Arrange(block, occupied, arranged);
                        bands.Place(i, column, row, arranged, flat: occupied <= 1);
                    }
        }
    }
}
