namespace Fovea.Imaging.Jpeg;

/// <summary>Writes bits, the highest of a byte first, with a zero stuffed behind every byte of 0xFF.</summary>
internal sealed class BitWriter(Stream target)
{
    private ulong _bits;
    private int _count;

    /// <summary>Writes the lowest bits of a number.</summary>
    /// <param name="bits">Non-negative, below 2^<paramref name="count"/>.</param>
    /// <param name="count">0 to 32.</param>
    public void Write(int bits, int count)
    {
        _bits = (_bits << count) | (uint)bits;
        for (_count += count; _count >= 8; _count -= 8)
        {
            byte next = (byte)(_bits >> (_count - 8));
            target.WriteByte(next);
            if (next == 0xFF)
                target.WriteByte(0);
        }
    }

    /// <summary>Fills the last byte with ones.</summary>
    public void Finish() => Write(0x7F, 7);
}
