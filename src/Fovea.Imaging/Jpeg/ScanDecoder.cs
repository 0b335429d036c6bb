using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Goes over the units of a scan (A.2): blocks of one component by rows, or of several, interleaved in groups that cover
/// the same pixels. The coefficients go into the components, or, where one scan has the whole picture, into samples.
/// </summary>
internal sealed unsafe class ScanDecoder(JpegFrame frame, JpegScan scan, int restartInterval, EntropyData data, ReadingNotes notes)
{
    /// <summary>
    /// Whether blocks that the scan says nothing about can be passed over, since they hold nothing yet that needs another
    /// bit.
    /// </summary>
    private readonly bool _skipsEmptyBlocks = scan.First > 0
        && (scan.High == 0 || (scan.Components[0].Occupied & (ulong.MaxValue >> (63 - scan.Last)) & (ulong.MaxValue << scan.First)) == 0);

    private int _unitsDone, _restarts;
    private int _emptyBlocks;

    /// <summary>Decodes a scan into the coefficients of its components.</summary>
    /// <exception cref="ImageFormatException">The data are damaged, or mean more work than their length justifies.</exception>
    public void DecodeCoefficients(ref JpegReader reader, DecodingBudget budget)
    {
        // Every block takes a bit of the file but those that refining scans only look at.
        if (scan.First > 0 && !_skipsEmptyBlocks)
            budget.Spend(scan.Components[0].Blocks);
        Decode(ref reader, null);
    }

    /// <summary>Decodes the only scan of a picture into samples.</summary>
    public void DecodeSamples(ref JpegReader reader, SampleBands bands) => Decode(ref reader, bands);

    private void Decode(ref JpegReader reader, SampleBands? bands)
    {
        bool alone = scan.Components.Length == 1;
        int across = alone ? scan.Components[0].BlocksAcross : frame.UnitsAcross;
        int down = alone ? scan.Components[0].BlocksDown : frame.UnitsDown;
        data.Load(ref reader);
        foreach (JpegComponent component in scan.Components)
            component.Predictor = 0;
        fixed (byte* buffer = data.Buffer)
        {
            var bits = new BitReader(buffer);
            for (int y = 0; y < down; y++)
            {
                for (int x = 0; x < across; x++)
                {
                    if (restartInterval > 0 && _unitsDone++ == restartInterval)
                    {
                        Restart(ref reader);
                        bits = new BitReader(buffer);
                    }
                    for (int i = 0; i < scan.Components.Length; i++)
                        if (bands is null)
                            DecodeUnit(ref bits, i, x, y, alone);
                        else
                            DecodeUnit(ref bits, i, x, y, bands);
                    if (!bits.IsBeyond(buffer + data.Length))
                    {
                        if (_emptyBlocks == BlockDecoder.Damaged)
                            BlockDecoder.ThrowTooMany();
                        if (_emptyBlocks > 0 && _skipsEmptyBlocks)
                            x += SkipEmptyBlocks(across - 1 - x);
                        continue;
                    }
                    // Where others follow, a scan of finer detail that breaks off only leaves the picture coarser.
                    if (scan.First > 0 && reader.Remaining > 0)
                    {
                        notes.Add("a scan of finer detail breaks off: some of the detail is missing");
                        return;
                    }
                    ThrowTruncated(reader, y, down);
                }
                bands?.Emit(y);
            }
        }
    }

    /// <summary>Passes over blocks of the row, but not over a restart.</summary>
    private int SkipEmptyBlocks(int most)
    {
        int skipped = Math.Min(_emptyBlocks, most);
        if (restartInterval > 0)
        {
            skipped = Math.Min(skipped, restartInterval - _unitsDone);
            _unitsDone += skipped;
        }
        _emptyBlocks -= skipped;
        return skipped;
    }

    /// <summary>The blocks of a component in a unit, into the picture's samples.</summary>
    [SkipLocalsInit]
    private void DecodeUnit(ref BitReader bits, int index, int x, int y, SampleBands bands)
    {
        JpegComponent component = scan.Components[index];
        short* block = stackalloc short[BlockLayout.Size];
        for (int v = 0; v < component.V; v++)
            for (int h = 0; h < component.H; h++)
            {
                new Span<short>(block, BlockLayout.Size).Clear();
                int last = BlockDecoder.DecodeAll(ref bits, scan.Dc[index], scan.Ac[index], component, BlockLayout.Positions, block);
                int column = (x * component.H) + h;
                if (column < component.BlocksAcross && (y * component.V) + v < component.BlocksDown)
                    bands.Place(index, column, v, block, last == 0);
            }
    }

    /// <summary>The blocks of a component in a unit, into its coefficients.</summary>
    [SkipLocalsInit]
    private void DecodeUnit(ref BitReader bits, int index, int x, int y, bool alone)
    {
        JpegComponent component = scan.Components[index];
        fixed (short* coefficients = component.Coefficients)
        {
            if (alone)
            {
                DecodeBlock(ref bits, index, component, coefficients + component.BlockOffset(x, y));
                return;
            }
            short* outside = stackalloc short[BlockLayout.Size];
            for (int v = 0; v < component.V; v++)
                for (int h = 0; h < component.H; h++)
                {
                    int column = (x * component.H) + h, row = (y * component.V) + v;
                    bool inside = column < component.BlocksAcross && row < component.BlocksDown;
                    DecodeBlock(ref bits, index, component, inside ? coefficients + component.BlockOffset(column, row) : outside);
                }
        }
    }

    private void DecodeBlock(ref BitReader bits, int index, JpegComponent component, short* block)
    {
        if (!frame.Progressive)
            BlockDecoder.DecodeAll(ref bits, scan.Dc[index], scan.Ac[index], component, BlockLayout.FileOrder, block);
        else if (scan.First == 0 && scan.High == 0)
            BlockDecoder.DecodeDc(ref bits, scan.Dc[index], scan.Low, component, block);
        else if (scan.First == 0)
            BlockDecoder.RefineDc(ref bits, scan.Low, block);
        else if (scan.High != 0)
            component.Occupied |= BlockDecoder.RefineAc(ref bits, scan.Ac[index], scan, ref _emptyBlocks, block);
        else if (_emptyBlocks > 0)
            _emptyBlocks--;
        else
            component.Occupied |= BlockDecoder.DecodeAc(ref bits, scan.Ac[index], scan, ref _emptyBlocks, block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Restart(ref JpegReader reader)
    {
        int at = reader.Position;
        // Some writers get their numbers wrong; where one is missing, the data end too early.
        byte marker = reader.NextMarker();
        if (marker is < JpegMarker.FirstRestart or > JpegMarker.LastRestart)
            throw new ImageFormatException($"JPEG: at byte {at} a restart marker should be, and {(marker == 0 ? "the file ends" : $"there is {JpegMarker.Name(marker)}")}");
        if (marker - JpegMarker.FirstRestart != (_restarts++ & 7))
            notes.Add("the restart markers are numbered wrongly: their order counts");
        data.Load(ref reader);
        foreach (JpegComponent component in scan.Components)
            component.Predictor = 0;
        _emptyBlocks = 0;
        _unitsDone = 1;
    }

    [DoesNotReturn]
    private static void ThrowTruncated(JpegReader reader, int y, int down) =>
        throw new ImageFormatException(reader.Remaining == 0
            ? $"JPEG: the file ends at byte {reader.Position}, in row {y + 1} of {down} of its blocks"
            : $"JPEG: the picture's data end at byte {reader.Position}, in row {y + 1} of {down} of its blocks");
}
