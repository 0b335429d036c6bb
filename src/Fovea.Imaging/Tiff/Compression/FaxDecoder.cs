namespace Fovea.Imaging.Tiff.Compression;

/// <summary>
/// CCITT fax encodings (ITU-T T.4 and T.6) of pages in black and white: rows of run lengths, and rows told by what
/// changes from the row above. A row is kept as the places where its colour changes, the first to black.
/// </summary>
internal ref struct FaxDecoder
{
    private const int EolBits = 12, EolZeros = 11, TwoDimensional = 1, Uncompressed = 2;

    /// <summary>Modes of coding beside a change near that of the row above, which is told by how far it moves.</summary>
    private const int Horizontal = 100, Pass = 101;

    private readonly int _width;
    private FaxBits _bits;
    private int[] _row, _above;
    private int _count;

    private FaxDecoder(ReadOnlySpan<byte> data, int width)
    {
        _bits = new FaxBits(data);
        _width = width;
        (_row, _above) = (new int[width + 4], new int[width + 4]);
        End();
        Swap();
    }

    /// <summary>Decodes until the output is full or the data end.</summary>
    /// <param name="data">The data, the highest bit first.</param>
    /// <param name="compression">Which of the encodings.</param>
    /// <param name="options">TIFF's field 292.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="output">Rows of whole bytes; black is 1. Rows behind a mark that says that the page ends are white.</param>
    /// <returns>How much of the output was written.</returns>
    /// <exception cref="ImageFormatException">The data are damaged.</exception>
    public static int Decode(ReadOnlySpan<byte> data, TiffCompression compression, int options, int width, Span<byte> output)
    {
        if (compression != TiffCompression.FaxRows && (options & Uncompressed) != 0)
            throw new ImageFormatException("TIFF: fax data with uncompressed stretches are not supported");
        output.Clear();
        var decoder = new FaxDecoder(data, width);
        int rowBytes = (width + 7) / 8;
        for (int at = 0; at < output.Length; at += rowBytes)
        {
            bool ends = compression switch
            {
                TiffCompression.Fax4 => decoder._bits.Peek(EolBits) == 1,
                TiffCompression.Fax3 => decoder.ReadRow(at == 0, (options & TwoDimensional) != 0),
                _ => decoder.ReadAlignedRow(),
            };
            if (ends)
                return output.Length;
            if (compression == TiffCompression.Fax4)
                decoder.ReadByRowAbove();
            decoder.End();
            decoder.Paint(output.Slice(at, rowBytes));
            decoder.Swap();
        }
        return output.Length;
    }

    private bool ReadAlignedRow()
    {
        _bits.Align();
        ReadRuns();
        return false;
    }

    /// <summary>Reads a row behind its mark (EOL), which a second one behind it turns into the end of the page.</summary>
    private bool ReadRow(bool isFirst, bool mayRefer)
    {
        int marks = 0;
        bool refers = false;
        while (SkipMark())
        {
            marks++;
            if (mayRefer)
            {
                refers = _bits.Peek(1) == 0;
                _bits.Skip(1);
            }
        }
        if (marks > 1 && !isFirst)
            return true;
        if (refers)
            ReadByRowAbove();
        else
            ReadRuns();
        return false;
    }

    private bool SkipMark()
    {
        if (_bits.Peek(EolZeros) != 0)
            return false;
        _bits.Skip(EolZeros);
        while (_bits.Peek(1) == 0)
        {
            if (_bits.IsAtEnd)
                return false;
            _bits.Skip(1);
        }
        _bits.Skip(1);
        return true;
    }

    private void ReadRuns()
    {
        bool black = false;
        for (int at = 0; at < _width; black = !black)
        {
            at = Math.Min(at + ReadRun(black), _width);
            Change(at);
        }
    }

    private void ReadByRowAbove()
    {
        int at = -1, above = 0;
        bool black = false;
        while (at < _width)
        {
            // The next change above to the colour that this row does not have, right of where it is.
            while (above > 0 && _above[above - 1] > at)
                above--;
            while (_above[above] <= at)
                above++;
            if ((above & 1) != (black ? 1 : 0))
                above++;
            int change = _above[above];
            int code = _bits.Peek(7);
            (int bits, int move) = code switch
            {
                >= 0b1000000 => (1, 0),
                >= 0b0110000 => (3, 1),
                >= 0b0100000 => (3, -1),
                >= 0b0010000 => (3, Horizontal),
                >= 0b0001000 => (4, Pass),
                >= 0b0000110 => (6, 2),
                >= 0b0000100 => (6, -2),
                0b0000011 => (7, 3),
                0b0000010 => (7, -3),
                _ => throw Damaged(),
            };
            _bits.Skip(bits);
            if (move == Pass)
            {
                at = _above[above + 1];
            }
            else if (move == Horizontal)
            {
                at = Math.Min(Math.Max(at, 0) + ReadRun(black), _width);
                Change(at);
                at = Math.Min(at + ReadRun(!black), _width);
                Change(at);
            }
            else
            {
                if (change + move < Math.Max(at, 0) || change + move > _width)
                    throw Damaged();
                at = change + move;
                Change(at);
                black = !black;
            }
        }
    }

    private int ReadRun(bool black)
    {
        ReadOnlySpan<ushort> codes = FaxCodes.Of(black);
        for (int run = 0; ;)
        {
            int entry = codes[_bits.Peek(FaxCodes.LookBits)], bits = entry & 15;
            if (bits == 0)
                throw Damaged();
            _bits.Skip(bits);
            run = Math.Min(run + (entry >> 4), _width);
            if (entry >> 4 < FaxCodes.FirstMakeUp)
                return run;
        }
    }

    /// <summary>Changes the colour from a place on; two changes at one are none.</summary>
    private void Change(int at)
    {
        if (_count > 0 && _row[_count - 1] == at)
            _count--;
        else
            _row[_count++] = at;
    }

    /// <summary>Closes the row with changes at its end, so that there is always another one.</summary>
    private readonly void End()
    {
        for (int i = _count; i < Math.Min(_count + 4, _row.Length); i++)
            _row[i] = _width;
    }

    private void Swap()
    {
        (_row, _above) = (_above, _row);
        _count = 0;
    }

    private readonly void Paint(Span<byte> pixels)
    {
        for (int i = 0; i < _count; i += 2)
        {
            int from = _row[i], to = _row[i + 1], first = from >> 3, last = to >> 3;
            if (from >= to)
                continue;
            int head = 0xFF >> (from & 7), tail = 0xFF & ~(0xFF >> (to & 7));
            if (first == last)
            {
                pixels[first] |= (byte)(head & tail);
                continue;
            }
            pixels[first] |= (byte)head;
            pixels[(first + 1)..last].Fill(0xFF);
            if (tail != 0)
                pixels[last] |= (byte)tail;
        }
    }

    private readonly ImageFormatException Damaged() =>
        new(_bits.IsAtEnd ? "TIFF: the fax data end inside the page" : "TIFF: the fax data are damaged: there is a code that stands for nothing");
}
