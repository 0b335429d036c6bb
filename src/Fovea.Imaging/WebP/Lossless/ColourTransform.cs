using System.Runtime.Intrinsics;

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
            int x = 0;
            for (; x <= square.Length - Vector128<int>.Count; x += Vector128<int>.Count)
            {
                Vector128<int> pixels = Vector128.Create<uint>(square[x..]).AsInt32();
                Vector128<int> green = (pixels << 16) >> 24, red = (pixels >> 16) + ((green * redByGreen) >> 5);
                Vector128<int> blue = pixels + ((green * blueByGreen) >> 5) + ((((red << 24) >> 24) * blueByRed) >> 5);
                Vector128<int> low = Vector128.Create(0xFF);
                ((pixels & Vector128.Create(unchecked((int)0xFF00FF00))) | ((red & low) << 16) | (blue & low)).AsUInt32().CopyTo(square[x..]);
            }
            foreach (ref uint pixel in square[x..])
            {
                int green = (sbyte)(pixel >> 8);
                int red = (int)(pixel >> 16) + ((redByGreen * green) >> 5);
                int blue = (int)pixel + ((blueByGreen * green) >> 5) + ((blueByRed * (sbyte)red) >> 5);
                pixel = (pixel & 0xFF00FF00) | ((uint)(red & 0xFF) << 16) | (uint)(blue & 0xFF);
            }
        }
    }
}
