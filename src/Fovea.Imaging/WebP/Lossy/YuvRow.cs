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
    private static void WriteSixteen(Vector128<byte> y, Vector128<byte> u, Vector128<byte> v, Span<byte> pixels, int channels)
    {
        (Vector128<ushort> red0, Vector128<ushort> green0, Vector128<ushort> blue0) = Convert(Vector128.WidenLower(y), Vector128.WidenLower(u), Vector128.WidenLower(v));
        (Vector128<ushort> red1, Vector128<ushort> green1, Vector128<ushort> blue1) = Convert(Vector128.WidenUpper(y), Vector128.WidenUpper(u), Vector128.WidenUpper(v));
        // Red and green of a pixel side by side, blue and alpha too: 8 pixels a vector; then 4.
        Vector128<ushort> opaque = Vector128.Create((ushort)0xFF00);
        Write(red0 | (green0 << 8), blue0 | opaque, pixels, channels);
        Write(red1 | (green1 << 8), blue1 | opaque, pixels[(8 * channels)..], channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector128<ushort> redGreen, Vector128<ushort> blueAlpha, Span<byte> pixels, int channels)
    {
        Vector128<byte> first = (Vector128.WidenLower(redGreen) | (Vector128.WidenLower(blueAlpha) << 16)).AsByte();
        Vector128<byte> second = (Vector128.WidenUpper(redGreen) | (Vector128.WidenUpper(blueAlpha) << 16)).AsByte();
        if (channels == 4)
        {
            first.CopyTo(pixels);
            second.CopyTo(pixels[16..]);
            return;
        }
        Vector128<byte> withoutAlpha = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        Vector128.Shuffle(first, withoutAlpha).CopyTo(pixels);
        Vector128.Shuffle(second, withoutAlpha).CopyTo(pixels[12..]);
    }

    /// <summary>A product of up to 24 bits without its lowest 8, in 16: the factor's bytes are taken one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Times(Vector128<ushort> values, int factor) =>
        (values * (ushort)(factor >> 8)) + ((values * (ushort)(factor & 0xFF)) >> 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<ushort> Red, Vector128<ushort> Green, Vector128<ushort> Blue) Convert(Vector128<ushort> y, Vector128<ushort> u, Vector128<ushort> v)
    {
        Vector128<ushort> light = Times(y, Light);
        Vector128<short> red = (light + Times(v, RedByV) - Vector128.Create((ushort)RedOffset)).AsInt16() >> 6;
        Vector128<short> green = (light + Vector128.Create((ushort)GreenOffset) - Times(u, GreenByU) - Times(v, GreenByV)).AsInt16() >> 6;
        // Up to 51922, so that the offset goes before anything is taken for a sign.
        Vector128<ushort> blue = Vector128.SubtractSaturate(light + Times(u, BlueByU), Vector128.Create((ushort)BlueOffset)) >> 6;
        return (Limit(red), Limit(green), Vector128.Min(blue.AsInt16(), Vector128.Create((short)255)).AsUInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Limit(Vector128<short> values) =>
        Vector128.Min(Vector128.Max(values, Vector128<short>.Zero), Vector128.Create((short)255)).AsUInt16();
}
