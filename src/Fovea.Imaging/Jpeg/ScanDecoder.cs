using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Goes over the units of a scan (A.2), a row at a time: blocks of one component, or of several, interleaved in groups
/// that cover the same pixels. Where one scan has the whole image, its blocks become samples at once; where there are
/// several, each adds to the coefficients of the present band and waits there for the others.
/// </summary>
internal sealed unsafe class ScanDecoder : IDisposable
{
    private readonly JpegFrame _frame;
    private readonly JpegScan _scan;
    private readonly int _restartInterval, _across;
    private readonly ReadingNotes _notes;
    private readonly EntropyData _data;

    /// <summary>For every component the DC coefficient of the block before, which the next one is told as a difference from.</summary>
    private readonly int[] _predictors;

    /// <summary>The next bits, reckoned from where the data begin.</summary>
    private BitReader _bits = new(null);

    /// <summary>Where the data that are loaded end in the file.</summary>
    private int _position;
    private int _unitsDone, _restarts, _emptyBlocks;
    private bool _brokeOff;

    /// <param name="frame">The image.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="restartInterval">Units between two restart markers; 0 where there are none.</param>
    /// <param name="reader">Where the scan's data begin.</param>
    /// <param name="end">Where they end at the latest.</param>
    /// <param name="notes">What is passed over.</param>
    public ScanDecoder(JpegFrame frame, JpegScan scan, int restartInterval, JpegReader reader, int end, ReadingNotes notes)
    {
        (_frame, _scan, _restartInterval, _notes) = (frame, scan, restartInterval, notes);
        _predictors = new int[scan.Components.Length];
        _across = IsAlone ? scan.Components[0].BlocksAcross : frame.UnitsAcross;
        _data = new EntropyData(end - reader.Position, scan.Components.Sum(component => component.H * component.V));
        _data.Load(ref reader);
        _position = reader.Position;
    }

    /// <summary>Blocks of one component are not grouped.</summary>
    private bool IsAlone => _scan.Components.Length == 1;

    /// <summary>Decodes the only scan of an image into samples.</summary>
    /// <returns>Where the scan ends in the file.</returns>
    /// <exception cref="ImageFormatException">The data are damaged.</exception>
    public int DecodeSamples(ReadOnlySpan<byte> file, SampleBands bands)
    {
        for (int unit = 0; unit < _frame.UnitsDown; unit++)
        {
            DecodeRow(file, unit, 0, bands, false);
            bands.Emit(unit);
        }
        return _position;
    }

    /// <summary>Decodes what the scan has for a row of units into the coefficients of the band.</summary>
    /// <exception cref="ImageFormatException">The data are damaged, or mean more work than their length justifies.</exception>
    public void DecodeBand(ReadOnlySpan<byte> file, int unit, DecodingBudget budget)
    {
        if (!IsAlone)
        {
            DecodeRow(file, unit, 0, null, false);
            return;
        }
        // Blocks that the scan says nothing about can be passed over if they hold nothing yet that needs another bit.
        JpegComponent component = _scan.Components[0];
        bool skips = _scan.First > 0 && (_scan.High == 0 || (component.Occupied & (ulong.MaxValue >> (63 - _scan.Last)) & (ulong.MaxValue << _scan.First)) == 0);
        int first = unit * component.V, rows = Math.Min(component.V, component.BlocksDown - first);
        for (int row = 0; row < rows && !_brokeOff; row++)
        {
            // Every block takes a bit of the file but those that refining scans only look at.
            if (_scan.First > 0 && !skips)
                budget.Spend(component.BlocksAcross);
            DecodeRow(file, first + row, row, null, skips);
        }
    }

    public void Dispose() => _data.Dispose();

    /// <summary>Decodes a row of units.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="y">Which row.</param>
    /// <param name="row">Which row of blocks of the band, where the component is alone.</param>
    /// <param name="bands">Where samples go; null for coefficients.</param>
    /// <param name="skips">Whether empty blocks can be passed over.</param>
    private void DecodeRow(ReadOnlySpan<byte> file, int y, int row, SampleBands? bands, bool skips)
    {
        int x = skips ? SkipEmptyBlocks(_across) : 0;
        if (x == _across)
            return;
        fixed (byte* buffer = _data.Buffer)
        {
            BitReader bits = _bits.Moved((nint)buffer);
            byte* end = buffer + _data.Length;
            for (; x < _across; x++)
            {
                if (_restartInterval > 0 && _unitsDone++ == _restartInterval)
                {
                    Restart(file);
                    bits = new BitReader(buffer);
                    end = buffer + _data.Length;
                }
                if (bands is not null)
                    for (int i = 0; i < _scan.Components.Length; i++)
                        DecodeUnit(ref bits, i, x, y, bands);
                else if (IsAlone)
                    DecodeAlone(ref bits, x, row);
                else
                    for (int i = 0; i < _scan.Components.Length; i++)
                        DecodeUnit(ref bits, i, x);
                if (!bits.IsBeyond(end))
                {
                    if (_emptyBlocks == BlockDecoder.Damaged)
                        BlockDecoder.ThrowTooMany();
                    if (_emptyBlocks > 0 && skips)
                        x += SkipEmptyBlocks(_across - 1 - x);
                    continue;
                }
                // Where others follow, a scan of finer detail that breaks off only leaves the image coarser.
                _brokeOff = _scan.First > 0 && _position < file.Length;
                if (!_brokeOff)
                    ThrowTruncated(file, y);
                _notes.Add("a scan of finer detail breaks off: some of the detail is missing");
                return;
            }
            _bits = bits.Moved(-(nint)buffer);
        }
    }

    /// <summary>Passes over blocks of the row, but not over a restart.</summary>
    private int SkipEmptyBlocks(int most)
    {
        int skipped = Math.Min(_emptyBlocks, most);
        if (_restartInterval > 0)
        {
            skipped = Math.Min(skipped, _restartInterval - _unitsDone);
            _unitsDone += skipped;
        }
        _emptyBlocks -= skipped;
        return skipped;
    }

    /// <summary>The blocks of a component in a unit, into the image's samples.</summary>
    [SkipLocalsInit]
    private void DecodeUnit(ref BitReader bits, int index, int x, int y, SampleBands bands)
    {
        JpegComponent component = _scan.Components[index];
        short* block = stackalloc short[BlockLayout.Size];
        for (int v = 0; v < component.V; v++)
            for (int h = 0; h < component.H; h++)
            {
                new Span<short>(block, BlockLayout.Size).Clear();
                int last = BlockDecoder.DecodeAll(ref bits, _scan.Dc[index], _scan.Ac[index], ref _predictors[index], BlockLayout.Positions, block);
                int column = (x * component.H) + h;
                if (column < component.BlocksAcross && (y * component.V) + v < component.BlocksDown)
                    bands.Place(index, column, v, block, last == 0);
            }
    }

    /// <summary>The blocks of a component in a unit, into the band's coefficients.</summary>
    [SkipLocalsInit]
    private void DecodeUnit(ref BitReader bits, int index, int x)
    {
        JpegComponent component = _scan.Components[index];
        short* outside = stackalloc short[BlockLayout.Size];
        fixed (short* coefficients = component.Coefficients)
            for (int v = 0; v < component.V; v++)
                for (int h = 0; h < component.H; h++)
                {
                    int column = (x * component.H) + h;
                    DecodeBlock(ref bits, index, component, column < component.BlocksAcross ? coefficients + component.BlockOffset(column, v) : outside);
                }
    }

    /// <summary>A block of the only component, into the band's coefficients.</summary>
    private void DecodeAlone(ref BitReader bits, int column, int row)
    {
        JpegComponent component = _scan.Components[0];
        fixed (short* coefficients = component.Coefficients)
            DecodeBlock(ref bits, 0, component, coefficients + component.BlockOffset(column, row));
    }

    private void DecodeBlock(ref BitReader bits, int index, JpegComponent component, short* block)
    {
        if (!_frame.Progressive)
            BlockDecoder.DecodeAll(ref bits, _scan.Dc[index], _scan.Ac[index], ref _predictors[index], BlockLayout.FileOrder, block);
        else if (_scan.First == 0 && _scan.High == 0)
            BlockDecoder.DecodeDc(ref bits, _scan.Dc[index], _scan.Low, ref _predictors[index], block);
        else if (_scan.First == 0)
            BlockDecoder.RefineDc(ref bits, _scan.Low, block);
        else if (_scan.High != 0)
            component.Occupied |= BlockDecoder.RefineAc(ref bits, _scan.Ac[index], _scan, ref _emptyBlocks, block);
        else if (_emptyBlocks > 0)
            _emptyBlocks--;
        else
            component.Occupied |= BlockDecoder.DecodeAc(ref bits, _scan.Ac[index], _scan, ref _emptyBlocks, block);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Restart(ReadOnlySpan<byte> file)
    {
        var reader = new JpegReader(file) { Position = _position };
        // Some writers get their numbers wrong; where one is missing, the data end too early.
        byte marker = reader.NextMarker();
        if (marker is < JpegMarker.FirstRestart or > JpegMarker.LastRestart)
            throw new ImageFormatException($"JPEG: at byte {_position} a restart marker should be, and {(marker == 0 ? "the file ends" : $"there is {JpegMarker.Name(marker)}")}");
        if (marker - JpegMarker.FirstRestart != (_restarts++ & 7))
            _notes.Add("the restart markers are numbered wrongly: their order counts");
        _data.Load(ref reader);
        _position = reader.Position;
        Array.Clear(_predictors);
        _emptyBlocks = 0;
        _unitsDone = 1;
    }

    [DoesNotReturn]
    private void ThrowTruncated(ReadOnlySpan<byte> file, int y)
    {
        int down = IsAlone ? _scan.Components[0].BlocksDown : _frame.UnitsDown;
        throw new ImageFormatException(_position == file.Length
            ? $"JPEG: the file ends at byte {_position}, in row {y + 1} of {down} of its blocks"
            : $"JPEG: the image's data end at byte {_position}, in row {y + 1} of {down} of its blocks");
    }
}
