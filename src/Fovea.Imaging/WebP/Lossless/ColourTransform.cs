namespace Fovea.Imaging.WebP.Lossless;

/// <summary>Red and blue are written as differences to parts of green, and blue to a part of red, too.</summary>
internal sealed class ColourTransform : Transform
{
    private readonly int _bits, _across;
    private readonly uint[] _factors;

    /// <summary>Reads the factors of every square, which count 1/32.</summary>
    public ColourTransform(ref LosslessBits bits, ReadOnlySpan<byte> data, int width, int height) =>
        (_bits, _across, _factors) = ReadSquares(ref bits, data, width, height);

    public override void Undo(Span<uint> row, int y)
    {
        ReadOnlySpan<uint> factors = _factors.AsSpan((y >> _bits) * _across, _across);
        for (int i = 0, size = 1 << _bits; i < factors.Length; i++)
        {
            int redByGreen = (sbyte)factors[i], blueByGreen = (sbyte)(factors[i] >> 8), blueByRed = (sbyte)(factors[i] >> 16);
            Span<uint> square = row[(i * size)..Math.Min((i + 1) * size, row.Length)];
            foreach (ref uint pixel in square)
            {
                int green = (sbyte)(pixel >> 8);
                int red = (int)(pixel >> 16) + ((redByGreen * green) >> 5);
                int blue = (int)pixel + ((blueByGreen * green) >> 5) + ((blueByRed * (sbyte)red) >> 5);
                pixel = (pixel & 0xFF00FF00) | ((uint)(red & 0xFF) << 16) | (uint)(blue & 0xFF);
            }
        }
    }
}
