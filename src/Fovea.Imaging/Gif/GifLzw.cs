namespace Fovea.Imaging.Gif;

/// <summary>
/// GIF's variant of Lempel, Ziv and Welch's compression: codes grow from one bit more than the literals to 12 bits, and a
/// code of its own empties the table. (CompuServe, GIF89a, appendix F.) The indices are read piece by piece.
/// </summary>
internal ref struct GifLzw
{
    private const int MaxBits = 12;

    /// <summary>The longest string that one code can stand for, one more at each code since the table was emptied.</summary>
    public const int LongestString = 1 << MaxBits;

    private readonly ReadOnlySpan<byte> _data;
    private readonly int _literalBits;

    /// <summary>A string is that of another code and one index more.</summary>
    private readonly ushort[] _prefixes = new ushort[1 << MaxBits], _lengths = new ushort[1 << MaxBits];
    private readonly byte[] _lastIndices = new byte[1 << MaxBits];

    /// <summary>The string that was decoded last, and how much of it has been read.</summary>
    private readonly byte[] _string = new byte[LongestString];
    private int _length, _read;

    private int _at, _bits, _width, _next, _previous = -1;
    private uint _window;

    /// <param name="data">The codes, least significant bit first.</param>
    /// <param name="literalBits">Bits of a literal, 2 to 8.</param>
    public GifLzw(ReadOnlySpan<byte> data, int literalBits)
    {
        _data = data;
        _literalBits = literalBits;
        EmptyTable();
    }

    private readonly int Clear => 1 << _literalBits;

    /// <summary>Reads until the output is full, the end code comes or the data ends.</summary>
    /// <returns>How much of the output was written.</returns>
    /// <exception cref="ImageFormatException">A code stands for nothing.</exception>
    public int Read(Span<byte> output)
    {
        int written = 0;
        while (written < output.Length && (_read < _length || ReadString()))
        {
            int count = Math.Min(_length - _read, output.Length - written);
            _string.AsSpan(_read, count).CopyTo(output[written..]);
            written += count;
            _read += count;
        }
        return written;
    }

    private void EmptyTable() => (_next, _width, _previous) = (Clear + 2, _literalBits + 1, -1);

    private bool ReadString()
    {
        while (true)
        {
            for (; _bits < _width; _bits += 8)
            {
                if (_at == _data.Length)
                    return false;
                _window |= (uint)_data[_at++] << _bits;
            }
            int code = (int)(_window & ((1u << _width) - 1));
            if (code == Clear + 1)
                return false;
            _window >>= _width;
            _bits -= _width;
            if (code != Clear)
            {
                Expand(code);
                return true;
            }
            EmptyTable();
        }
    }

    private void Expand(int code)
    {
        // The string before and the first index of this one become a string of their own; a code may stand for the very
        // string that it completes.
        bool completes = _previous >= 0 && _next < LongestString;
        if (code >= (completes ? _next + 1 : _next))
            throw new ImageFormatException($"GIF: code {code} of the image's data stands for nothing; the table ends at {(completes ? _next : _next - 1)}");
        Span<byte> text = _string;
        // In even areas a string is often the one before, or that and one index more.
        if (code == _next)
            text[_length++] = text[0];
        else if (code > Clear && _previous >= 0 && _prefixes[code] == _previous)
            text[_length++] = _lastIndices[code];
        else if (code != _previous)
            Unroll(code, text);
        _read = 0;
        if (completes)
        {
            (_prefixes[_next], _lengths[_next], _lastIndices[_next]) = ((ushort)_previous, (ushort)(LengthOf(_previous) + 1), text[0]);
            if (++_next == 1 << _width && _width < MaxBits)
                _width++;
        }
        _previous = code;
    }

    private void Unroll(int code, Span<byte> text)
    {
        ReadOnlySpan<ushort> prefixes = _prefixes;
        ReadOnlySpan<byte> lastIndices = _lastIndices;
        _length = LengthOf(code);
        int i = _length - 1;
        for (; i > 0; code = prefixes[code])
            text[i--] = lastIndices[code];
        text[0] = (byte)code;
    }

    private readonly int LengthOf(int code) => code < Clear ? 1 : _lengths[code];
}
