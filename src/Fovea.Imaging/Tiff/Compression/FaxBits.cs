namespace Fovea.Imaging.Tiff.Compression;

/// <summary>Bits of fax data, the highest of a byte first. Behind the end are zeros, which are no code.</summary>
internal ref struct FaxBits(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ulong _window;
    private int _bits, _at;

    /// <summary>Whether all bits are read, and perhaps zeros behind them.</summary>
    public readonly bool IsAtEnd => _at - (_bits / 8) >= _data.Length;

    /// <summary>The next bits, up to 32 of them.</summary>
    public int Peek(int count)
    {
        for (; _bits < count; _bits += 8)
            _window = (_window << 8) | (_at < _data.Length ? _data[_at++] : Behind());
        return (int)(_window >> (_bits - count)) & ((1 << count) - 1);
    }

    /// <summary>Goes past bits that were looked at.</summary>
    public void Skip(int count) => _bits -= count;

    /// <summary>Goes on at the next whole byte.</summary>
    public void Align() => _bits -= _bits % 8;

    private byte Behind()
    {
        _at++;
        return 0;
    }
}
