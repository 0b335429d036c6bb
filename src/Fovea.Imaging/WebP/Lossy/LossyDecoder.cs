namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Reads the lossy format, which is a key frame of VP8 (RFC 6386). Macroblocks of 16×16 pixels are made row by row, then
/// smoothed; lines that no later macroblock can change become pixels at once.
/// </summary>
internal sealed class LossyDecoder
{
    private readonly FrameHeader _header;
    private readonly Image _image;
    private readonly int _left, _top, _across, _down;
    private readonly MacroblockModes _modes;
    private readonly Coefficients _coefficients;
    private readonly MacroblockPixels _pixels;
    private readonly Plane _luma, _blue, _red;

    // What the filter needs to know of the macroblocks of a row.
    private readonly FilterStrength[] _strengths;
    private readonly bool[] _hasInnerEdges;

    private readonly byte[][] _blueLines, _redLines;
    private int _written;

    private LossyDecoder(FrameHeader header, Image image, int left, int top)
    {
        (_header, _image, _left, _top) = (header, image, left, top);
        (_across, _down) = ((header.Width + 15) / 16, (header.Height + 15) / 16);
        _modes = new MacroblockModes(header, _across);
        _coefficients = new Coefficients(header.Probabilities, _across);
        _pixels = new MacroblockPixels(_across, _down);
        (_luma, _blue, _red) = (new Plane(16, _across), new Plane(8, _across), new Plane(8, _across));
        _strengths = new FilterStrength[_across];
        _hasInnerEdges = new bool[_across];
        int line = _luma.Stride + ChromaUpsampling.Overhang;
        (_blueLines, _redLines) = ([new byte[line], new byte[line]], [new byte[line], new byte[line]]);
    }

    /// <summary>Reads a image into a part of an image of red, green, blue, and alpha, which becomes 255, if it has that.</summary>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static void Read(ReadOnlySpan<byte> data, Image image, int left, int top)
    {
        var decoder = new LossyDecoder(FrameHeader.Read(data), image, left, top);
        for (int row = 0; row < decoder._down; row++)
        {
            decoder.ReadRow(data, row);
            decoder.SmoothRow(row);
            decoder.WriteLines(row);
            decoder._luma.Advance();
            decoder._blue.Advance();
            decoder._red.Advance();
        }
    }

    private void ReadRow(ReadOnlySpan<byte> data, int row)
    {
        ref BoolReader partition = ref _header.Partitions[row % _header.Partitions.Length];
        _modes.BeginRow();
        _coefficients.BeginRow();
        for (int column = 0; column < _across; column++)
        {
            _modes.Read(data, column);
            bool any = false;
            if (_modes.IsSkipped)
                _coefficients.Skip(column, _modes.IsInParts);
            else
                any = _coefficients.Read(ref partition, data, column, _modes.IsInParts, _header.Quantizers[_modes.Segment]);
            if (_header.Modes.IsBeyond || partition.IsBeyond)
                throw new ImageFormatException($"WebP: the lossy image's data end in row {16 * row} of {_header.Height}");
            _pixels.Make(column, row, _modes, any ? _coefficients : null);
            if (any)
                Array.Clear(_coefficients.Values);
            _luma.Set(column, _pixels.Pixels, MacroblockPixels.Luma);
            _blue.Set(column, _pixels.Pixels, MacroblockPixels.Blue);
            _red.Set(column, _pixels.Pixels, MacroblockPixels.Red);
            if (_header.Filters.Length > 0)
            {
                _strengths[column] = _header.Filters[(2 * _modes.Segment) + (_modes.IsInParts ? 1 : 0)];
                _hasInnerEdges[column] = _strengths[column].HasInnerEdges || any;
            }
        }
    }

    private void SmoothRow(int row)
    {
        if (_header.Filters.Length == 0)
            return;
        for (int column = 0; column < _across; column++)
        {
            ref FilterStrength strength = ref _strengths[column];
            if (strength.Limit == 0)
                continue;
            if (_header.HasSimpleFilter)
                LoopFilter.Simple(_luma, column, row, strength, _hasInnerEdges[column]);
            else
                LoopFilter.Normal(_luma, _blue, _red, column, row, strength, _hasInnerEdges[column]);
        }
    }

    /// <summary>Writes the lines that are finished: the next row of macroblocks changes 4 lines above it, in colour too.</summary>
    private void WriteLines(int row)
    {
        // Lines 1 and 2 lie between those of colour 0 and 1, and so on; the first and an even last one have nothing beyond.
        int end = row == _down - 1 ? _header.Height : Math.Min((16 * row) + 9, _header.Height);
        int firstColour = 8 * (row - 1), lastColour = (_header.Height - 1) / 2;
        while (_written < end)
        {
            int above = Math.Max((_written - 1) / 2, 0), below = Math.Min((_written + 1) / 2, lastColour);
            ChromaUpsampling.Run(_blue.Line(above - firstColour), _blue.Line(below - firstColour), _blueLines[0], _blueLines[1], _header.Width);
            ChromaUpsampling.Run(_red.Line(above - firstColour), _red.Line(below - firstColour), _redLines[0], _redLines[1], _header.Width);
            if (_written > 0)
                WriteLine(0, 2 * firstColour);
            if (_written < end)
                WriteLine(1, 2 * firstColour);
        }
    }

    private void WriteLine(int ofPair, int firstLine)
    {
        Span<byte> pixels = _image.Row(_top + _written)[(_left * _image.Channels)..];
        YuvRow.ToPixels(_luma.Line(_written - firstLine), _blueLines[ofPair], _redLines[ofPair], pixels, _image.Channels, _header.Width);
        _written++;
    }
}
