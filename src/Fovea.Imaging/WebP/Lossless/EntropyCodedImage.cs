namespace Fovea.Imaging.WebP.Lossless;

/// <summary>
/// An image as the lossless format writes every one, the image's transforms included: Huffman codes, copies of earlier
/// pixels, and a cache of colours. Copies reach 2²⁰ pixels back, so no more than twice as many are kept.
/// </summary>
internal sealed class EntropyCodedImage
{
    private const int ChunkRows = 16;

    private readonly int _width, _height;
    private readonly HuffmanTables _tables;
    private readonly ColourCache? _cache;
    private HuffmanGroup[] _groups = [];

    // Which group a square of pixels uses; none if there is one group.
    private uint[] _squares = [];
    private int _squareBits, _squaresAcross;

    private EntropyCodedImage(int width, int height, ColourCache? cache)
    {
        _width = width;
        _height = height;
        _cache = cache;
        // A thousand entries for each of a thousand groups: more than encoders make, even of large images.
        _tables = new HuffmanTables(1_000_000 + ((long)width * height));
    }

    /// <summary>Reads an image that is small: a transform's parameters or the choice of codes.</summary>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static uint[] ReadSmall(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height)
    {
        EntropyCodedImage image = ReadCodes(ref bits, data, width, height, mayHaveGroups: false);
        var pixels = new uint[width * height];
        image.ReadPixels(ref bits, data, pixels, null);
        return pixels;
    }

    /// <summary>Reads the image itself, row by row.</summary>
    /// <exception cref="ImageFormatException">The data are damaged or end.</exception>
    public static void Read(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height, PixelRows rows)
    {
        EntropyCodedImage image = ReadCodes(ref bits, data, width, height, mayHaveGroups: true);
        // Nothing is copied before it is written.
        uint[] window = GC.AllocateUninitializedArray<uint>((int)Math.Min((long)width * height, 2 * CopyDistance.Farthest));
        image.ReadPixels(ref bits, data, window, rows);
    }

    private static EntropyCodedImage ReadCodes(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height, bool mayHaveGroups)
    {
        ColourCache? cache = null;
        if (bits.ReadFlag(data))
        {
            int cacheBits = bits.Read(data, 4);
            if (cacheBits is < 1 or > 11)
                throw new ImageFormatException($"WebP: a colour cache of {cacheBits} bits; there are 1 to 11");
            cache = new ColourCache(cacheBits);
        }
        var image = new EntropyCodedImage(width, height, cache);
        int groups = mayHaveGroups && bits.ReadFlag(data) ? image.ReadSquares(ref bits, data) : 1;
        image.ReadGroups(ref bits, data, groups);
        return image;
    }

    /// <returns>How many groups follow.</returns>
    private int ReadSquares(ref LosslessBits bits, ReadOnlySpan<byte> data)
    {
        _squareBits = bits.Read(data, 3) + 2;
        _squaresAcross = Squares.Across(_width, _squareBits);
        _squares = ReadSmall(ref bits, data, _squaresAcross, Squares.Across(_height, _squareBits));
        uint largest = 0;
        for (int i = 0; i < _squares.Length; i++)
        {
            _squares[i] = (_squares[i] >> 8) & 0xFFFF;
            largest = Math.Max(largest, _squares[i]);
        }
        return (int)largest + 1;
    }

    /// <summary>Keeps the groups that are used; the others are read only to get past them.</summary>
    private void ReadGroups(ref LosslessBits bits, ReadOnlySpan<byte> data, int count)
    {
        int cached = _cache?.Count ?? 0;
        var reader = new HuffmanCodeReader(HuffmanGroup.Greens + cached);
        var places = new int[count];
        foreach (uint square in _squares)
            places[square] = 1;
        if (_squares.Length == 0)
            places[0] = 1;
        int used = 0;
        for (int i = 0; i < count; i++)
            places[i] = places[i] != 0 ? used++ : -1;
        for (int i = 0; i < _squares.Length; i++)
            _squares[i] = (uint)places[_squares[i]];

        _groups = new HuffmanGroup[used];
        var skipped = new HuffmanTables(1 << 16);
        foreach (int place in places)
        {
            skipped.Clear();
            HuffmanGroup group = HuffmanGroup.Read(ref bits, data, place < 0 ? skipped : _tables, reader, cached);
            if (place >= 0)
                _groups[place] = group;
        }
    }

    private void ReadPixels(ref LosslessBits bits, ReadOnlySpan<byte> data, uint[] window, PixelRows? rows)
    {
        long left = (long)_width * _height;
        int at = 0, row = 0, rowStart = 0, cached = 0;
        while (left > 0)
        {
            // Where the window is full, the pixels that may still be copied move to its begin.
            int chunk = (int)Math.Min(Math.Min(ChunkRows, _height - row) * (long)_width, left + (at - rowStart));
            if (window.Length - rowStart < Math.Min(chunk + CopyDistance.Longest, left + (at - rowStart)))
            {
                int moved = Math.Min(rowStart, at - CopyDistance.Farthest);
                window.AsSpan(moved, at - moved).CopyTo(window);
                at -= moved;
                rowStart -= moved;
                cached -= moved;
            }
            int stop = rowStart + chunk, from = at;
            int most = (int)Math.Min(left, window.Length - at);
            at = ReadChunk(ref bits, data, window, at, at - rowStart, row, stop, at + most, ref cached);
            left -= at - from;
            if (bits.IsBeyond(data))
                throw new ImageFormatException($"WebP: the image's data end near row {row + ((at - rowStart) / _width)} of {_height}");
            for (; at - rowStart >= _width; rowStart += _width, row++)
                rows?.Add(window.AsSpan(rowStart, _width));
        }
    }

    /// <summary>Reads pixels until a place of the window is reached, or passed by a copy.</summary>
    /// <param name="bits">Where to read.</param>
    /// <param name="data">The data.</param>
    /// <param name="window">The latest pixels.</param>
    /// <param name="at">Where the next pixel goes.</param>
    /// <param name="column">That pixel's column, plus a width for every row after <paramref name="row"/>.</param>
    /// <param name="row">The row that columns are counted from.</param>
    /// <param name="stop">Where to stop.</param>
    /// <param name="end">Where copies must stop.</param>
    /// <param name="cached">Where the pixels begin that are not in the cache of colours yet.</param>
    /// <returns>Where the next pixel goes.</returns>
    private int ReadChunk(ref LosslessBits bits, ReadOnlySpan<byte> data, uint[] window, int at, int column, int row, int stop, int end, ref int cached)
    {
        LosslessBits reader = bits;
        ushort[] entries = _tables.Entries;
        HuffmanGroup[] groups = _groups;
        uint[] squares = _squares;
        ColourCache? cache = _cache;
        int width = _width, mask = squares.Length == 0 ? int.MaxValue : (1 << _squareBits) - 1;
        (row, column) = (row + (column / width), column % width);
        ref HuffmanGroup group = ref groups[GroupAt(column, row)];
        while (at < stop)
        {
            if ((column & mask) == 0)
                group = ref groups[GroupAt(column, row)];
            if (group.IsConstant)
            {
                window[at++] = group.Colour;
                column++;
            }
            else
            {
                reader.Refill(data);
                int symbol = HuffmanTables.TakeSymbol(ref reader, entries, group.Green);
                if (symbol < 256)
                {
                    if (group.HasOneColour)
                    {
                        window[at++] = group.Colour | ((uint)symbol << 8);
                    }
                    else
                    {
                        int red = HuffmanTables.TakeSymbol(ref reader, entries, group.Red);
                        int blue = HuffmanTables.TakeSymbol(ref reader, entries, group.Blue);
                        if (group.Alpha.Mask != 0)
                            reader.Refill(data);
                        int alpha = HuffmanTables.TakeSymbol(ref reader, entries, group.Alpha);
                        window[at++] = (uint)((alpha << 24) | (red << 16) | (symbol << 8) | blue);
                    }
                    column++;
                }
                else if (symbol < HuffmanGroup.Greens)
                {
                    int length = CopyDistance.Take(ref reader, symbol - 256);
                    reader.Refill(data);
                    int code = CopyDistance.Take(ref reader, HuffmanTables.TakeSymbol(ref reader, entries, group.Distance));
                    int distance = CopyDistance.ToPixels(code, width);
                    if (distance > at || length > end - at)
                        throw OutsideCopy(row, distance > at);
                    Copy(window, at, distance, length);
                    at += length;
                    column += length;
                    if (column >= width)
                    {
                        row += column / width;
                        column %= width;
                    }
                    if ((column & mask) != 0 && at < stop)
                        group = ref groups[GroupAt(column, row)];
                    continue;
                }
                else
                {
                    cache!.Add(window.AsSpan(cached, at - cached));
                    cached = at;
                    window[at++] = cache[symbol - HuffmanGroup.Greens];
                    column++;
                }
            }
            if (column == width)
            {
                column = 0;
                row++;
            }
        }
        cache?.Add(window.AsSpan(cached, at - cached));
        cached = at;
        bits = reader;
        return at;
    }

    private ImageFormatException OutsideCopy(int row, bool before) =>
        new($"WebP: a copy in row {row} of {_height} reaches {(before ? "before the first" : "behind the last")} pixel");

    private int GroupAt(int column, int row) =>
        _squares.Length == 0 ? 0 : (int)_squares[((row >> _squareBits) * _squaresAcross) + (column >> _squareBits)];

    private static void Copy(uint[] window, int at, int distance, int length)
    {
        Span<uint> source = window.AsSpan(at - distance, length), target = window.AsSpan(at, length);
        if (distance >= length)
            source.CopyTo(target);
        else if (distance == 1)
            target.Fill(source[0]);
        else
            for (int i = 0; i < target.Length; i++)
                target[i] = source[i];
    }
}
