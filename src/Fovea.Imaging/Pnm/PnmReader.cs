namespace Fovea.Imaging.Pnm;

/// <summary>Reads the words of a Netpbm file: numbers and bits between spaces and comments.</summary>
internal ref struct PnmReader(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = position;

    public readonly int Remaining => _file.Length - _position;

    public readonly ReadOnlySpan<byte> Rest => _file[_position..];

    public static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);

    /// <summary>The next number.</summary>
    public int Number(string what)
    {
        SkipSpace(what);
        long value = 0;
        int start = _position;
        for (; _position < _file.Length && char.IsAsciiDigit((char)_file[_position]); _position++)
        {
            value = (value * 10) + _file[_position] - '0';
            if (value > int.MaxValue)
                throw new ImageFormatException($"PNM: the {what} at byte {start} is above {int.MaxValue}");
        }
        return _position > start ? (int)value : throw NotA(what);
    }

    /// <summary>The next 0 or 1; these need no space between them.</summary>
    public bool Bit()
    {
        SkipSpace("bit");
        return _file[_position] is (byte)'0' or (byte)'1' ? _file[_position++] == '1' : throw NotA("bit");
    }

    /// <summary>Passes over the one space that is between the header and binary samples.</summary>
    public void SkipOneSpace()
    {
        if (_position >= _file.Length || !IsSpace(_file[_position]))
            throw new ImageFormatException($"PNM: a space must come before the samples, at byte {_position}");
        _position++;
    }

    private void SkipSpace(string what)
    {
        for (; _position < _file.Length; _position++)
        {
            if (_file[_position] == '#')
            {
                int end = _file[_position..].IndexOfAny((byte)'\n', (byte)'\r');
                _position = end < 0 ? _file.Length - 1 : _position + end;
            }
            else if (!IsSpace(_file[_position]))
                return;
        }
        throw new ImageFormatException($"PNM: the file ends at byte {_file.Length}, before its {what}");
    }

    private readonly ImageFormatException NotA(string what) =>
        new($"PNM: a {what} must be at byte {_position}, got the byte 0x{_file[_position]:X2}");
}
