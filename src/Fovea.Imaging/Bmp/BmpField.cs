using System.Numerics;

namespace Fovea.Imaging.Bmp;

/// <summary>The bits of one colour within a pixel, brought to 0 to 255. A mask of no bits gives 0.</summary>
internal readonly struct BmpField
{
    private readonly uint _mask;
    private readonly int _shift;
    private readonly byte[] _values;

    public BmpField(uint mask)
    {
        // Of more than 8 bits the highest 8 are taken. A gap in the mask is no error; the bits in it count as 0.
        int low = BitOperations.TrailingZeroCount(mask), high = 32 - BitOperations.LeadingZeroCount(mask);
        int bits = mask == 0 ? 0 : Math.Min(8, high - low);
        _shift = mask == 0 ? 0 : high - bits;
        _mask = mask;
        _values = new byte[1 << bits];
        int most = _values.Length - 1;
        for (int i = 1; i <= most; i++)
            _values[i] = (byte)(((i * 255) + (most / 2)) / most);
    }

    public byte Extract(uint pixel) => _values[(pixel & _mask) >> _shift];
}
