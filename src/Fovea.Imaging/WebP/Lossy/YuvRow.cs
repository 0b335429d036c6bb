using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Brightness and two differences of colour to red, green, blue: ITU-R BT.601 with its narrow range, in fixed point with
/// the very roundings of libwebp.
/// </summary>
internal static class YuvRow
{
    // Factors times 2¹⁴, of whose products the lowest 8 bits are dropped, and offsets times 2⁶.
    private const int Light = 19077, RedByV = 26149, GreenByU = 6419, GreenByV = 13320, BlueByU = 33050;
    private const int RedOffset = 14234, GreenOffset = 8708, BlueOffset = 17685;

    /// <summary>Converts a line.</summary>
    /// <param name="luma">(W).</param>
    /// <param name="blue">(W), U or Cb.</param>
    /// <param name="red">(W), V or Cr.</param>
    /// <param name="pixels">(W, <paramref name="channels"/>).</param>
    /// <param name="channels">3, or 4 for a last one that becomes 255.</param>
    /// <param name="width">W.</param>
    public static void ToPixels(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> pixels, int channels, int width)
    {
        int x = 0;
        // Vectors of three channels are written with 4 bytes too many.
        for (; x <= width - 18; x += 16)
            WriteSixteen(Vector128.Create(luma[x..]), Vector128.Create(blue[x..]), Vector128.Create(red[x..]), pixels[(x * channels)..], channels);
        for (; x < width; x++)
        {
            int light = (luma[x] * Light) >> 8, u = blue[x], v = red[x];
            Span<byte> pixel = pixels.Slice(x * channels, channels);
            pixel[0] = Clamp(light + ((v * RedByV) >> 8) - RedOffset);
            pixel[1] = Clamp(light - ((u * GreenByU) >> 8) - ((v * GreenByV) >> 8) + GreenOffset);
            pixel[2] = Clamp(light + ((u * BlueByU) >> 8) - BlueOffset);
            if (channels == 4)
                pixel[3] = 255;
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value >> 6, 0, 255);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteSixteen(Vector128<byte> luma, Vector128<byte> blueness, Vector128<byte> redness, Span<byte> pixels, int channels)
    {
        Vector256<ushort> u = Widen(blueness), v = Widen(redness), light = Times(Widen(luma), Light);
        Vector256<ushort> red = Limit((light + Times(v, RedByV) - Vector256.Create((ushort)RedOffset)).AsInt16() >> 6);
        Vector256<ushort> green = Limit((light + Vector256.Create((ushort)GreenOffset) - Times(u, GreenByU) - Times(v, GreenByV)).AsInt16() >> 6);
        // Up to 51922, so that the offset goes before anything is taken for a sign.
        Vector256<ushort> blue = Limit((Vector256.SubtractSaturate(light + Times(u, BlueByU), Vector256.Create((ushort)BlueOffset)) >> 6).AsInt16());
        Vector256<ushort> redGreen = red | (green << 8), blueAlpha = blue | Vector256.Create((ushort)0xFF00);
        Write((Vector256.WidenLower(redGreen) | (Vector256.WidenLower(blueAlpha) << 16)).AsByte(), pixels, channels);
        Write((Vector256.WidenUpper(redGreen) | (Vector256.WidenUpper(blueAlpha) << 16)).AsByte(), pixels[(8 * channels)..], channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Widen(Vector128<byte> samples) => Vector256.Create(Vector128.WidenLower(samples), Vector128.WidenUpper(samples));

    /// <summary>Writes 8 pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector256<byte> rgba, Span<byte> pixels, int channels)
    {
        if (channels == 4)
        {
            rgba.CopyTo(pixels);
            return;
        }
        Vector128<byte> withoutAlpha = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        Vector128.Shuffle(rgba.GetLower(), withoutAlpha).CopyTo(pixels);
        Vector128.Shuffle(rgba.GetUpper(), withoutAlpha).CopyTo(pixels[12..]);
    }

    /// <summary>A product of up to 24 bits without its lowest 8, in 16: the factor's bytes are taken one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Times(Vector256<ushort> values, int factor) =>
        (values * (ushort)(factor >> 8)) + ((values * (ushort)(factor & 0xFF)) >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Limit(Vector256<short> values) =>
        Vector256.Min(Vector256.Max(values, Vector256<short>.Zero), Vector256.Create((short)255)).AsUInt16();
}
