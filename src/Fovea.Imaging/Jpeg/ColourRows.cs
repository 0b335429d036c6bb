using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.Jpeg;

/// <summary>Turns rows of components into rows of red, green, blue pixels.</summary>
internal static unsafe class ColourRows
{
    // JFIF's conversion (ITU-R BT.601-7, full range) with factors of 16 bits.
    private const int RedByCr = 91881, GreenByCb = -22554, GreenByCr = -46802, BlueByCb = 116130, Half = 1 << 15;

    /// <summary>Brightness and two differences of colour to red, green, blue.</summary>
    /// <param name="luma">(W).</param>
    /// <param name="cb">(W), 128 for none.</param>
    /// <param name="cr">(W), 128 for none.</param>
    /// <param name="pixels">(W, 3).</param>
    public static void FromYCbCr(byte* luma, byte* cb, byte* cr, Span<byte> pixels)
    {
        int width = pixels.Length / 3, x = 0;
        fixed (byte* target = pixels)
        {
            if (Avx2.IsSupported)
                x = FromYCbCrAvx2(luma, cb, cr, target, width);
            for (; x < width; x++)
            {
                int y = luma[x], blueness = cb[x] - 128, redness = cr[x] - 128;
                target[3 * x] = Clamp(y + (((RedByCr * redness) + Half) >> 16));
                target[(3 * x) + 1] = Clamp(y + (((GreenByCb * blueness) + (GreenByCr * redness) + Half) >> 16));
                target[(3 * x) + 2] = Clamp(y + (((BlueByCb * blueness) + Half) >> 16));
            }
        }
    }

    /// <summary>Three rows into one of pixels.</summary>
    public static void Interleave(byte* red, byte* green, byte* blue, Span<byte> pixels)
    {
        for (int x = 0; x < pixels.Length / 3; x++)
        {
            pixels[3 * x] = red[x];
            pixels[(3 * x) + 1] = green[x];
            pixels[(3 * x) + 2] = blue[x];
        }
    }

    /// <summary>
    /// Darkens colours by the black of four components: light = (1 − ink) · (1 − black). All of them say how little ink
    /// there is, as Adobe's programs write them and everyone reads them.
    /// </summary>
    /// <param name="pixels">(W, 3), in place.</param>
    /// <param name="key">(W).</param>
    /// <param name="inks">Whether the colours are how much ink there is, as YCCK gives them.</param>
    public static void ApplyKey(Span<byte> pixels, byte* key, bool inks)
    {
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Alpha.Scale(inks ? 255 - pixels[i] : pixels[i], key[i / 3]);
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <summary>
    /// 16 pixels at a time, to the same bits: what a factor exceeds a whole number by is a product of 16 bits, of which
    /// the higher half is taken one bit finer and then rounded.
    /// </summary>
    /// <returns>How many pixels are done; the last few are not, since whole vectors are written.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int FromYCbCrAvx2(byte* luma, byte* cb, byte* cr, byte* target, int width)
    {
        Vector256<short> middle = Vector256.Create((short)128), one = Vector256<short>.One;
        Vector256<short> redFactor = Vector256.Create((short)(RedByCr - 65536)), blueFactor = Vector256.Create((short)(BlueByCb - (2 * 65536)));
        Vector256<short> greenFactors = Vector256.Create((GreenByCb & 0xFFFF) | ((GreenByCr + 65536) << 16)).AsInt16();
        Vector256<int> half = Vector256.Create(Half);
        Vector128<byte> first = Vector128.Create(0, 8, 0x80, 1, 9, 0x80, 2, 10, 0x80, 3, 11, 0x80, 0x80, 0x80, 0x80, 0x80);
        Vector128<byte> second = Vector128.Create(4, 12, 0x80, 5, 13, 0x80, 6, 14, 0x80, 7, 15, 0x80, 0x80, 0x80, 0x80, 0x80);
        Vector128<byte> firstBlue = Vector128.Create(0x80, 0x80, 0, 0x80, 0x80, 1, 0x80, 0x80, 2, 0x80, 0x80, 3, 0x80, 0x80, 0x80, 0x80);
        Vector128<byte> secondBlue = Vector128.Create(0x80, 0x80, 4, 0x80, 0x80, 5, 0x80, 0x80, 6, 0x80, 0x80, 7, 0x80, 0x80, 0x80, 0x80);
        int x = 0;
        for (; x <= width - 18; x += 16)
        {
            Vector256<short> y = Avx2.ConvertToVector256Int16(luma + x);
            Vector256<short> blueness = Avx2.ConvertToVector256Int16(cb + x) - middle;
            Vector256<short> redness = Avx2.ConvertToVector256Int16(cr + x) - middle;
            Vector256<short> twiceRed = redness + redness, twiceBlue = blueness + blueness;
            Vector256<short> red = y + redness + ((Avx2.MultiplyHigh(twiceRed, redFactor) + one) >> 1);
            Vector256<short> blue = y + twiceBlue + ((Avx2.MultiplyHigh(twiceBlue, blueFactor) + one) >> 1);
            Vector256<int> low = (Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(blueness, redness), greenFactors) + half) >> 16;
            Vector256<int> high = (Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(blueness, redness), greenFactors) + half) >> 16;
            Vector256<short> green = y - redness + Avx2.PackSignedSaturate(low, high);
            Vector256<byte> redGreen = Avx2.PackUnsignedSaturate(red, green), blues = Avx2.PackUnsignedSaturate(blue, blue);
            byte* pixels = target + (3 * x);
            (Ssse3.Shuffle(redGreen.GetLower(), first) | Ssse3.Shuffle(blues.GetLower(), firstBlue)).Store(pixels);
            (Ssse3.Shuffle(redGreen.GetLower(), second) | Ssse3.Shuffle(blues.GetLower(), secondBlue)).Store(pixels + 12);
            (Ssse3.Shuffle(redGreen.GetUpper(), first) | Ssse3.Shuffle(blues.GetUpper(), firstBlue)).Store(pixels + 24);
            (Ssse3.Shuffle(redGreen.GetUpper(), second) | Ssse3.Shuffle(blues.GetUpper(), secondBlue)).Store(pixels + 36);
        }
        return x;
    }
}
