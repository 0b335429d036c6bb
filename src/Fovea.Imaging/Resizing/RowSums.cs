using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.Resizing;

/// <summary>
/// Weighted sums along rows. Where the processor has AVX2, four rows at once and two taps in one multiplication of 16
/// bits: a weight of 23 bits is cut into a high and a low part, so that the sums are those of the plain loop, bit by bit.
/// </summary>
internal static class RowSums
{
    private const int Rows = 4, Taps = ResizeWeights.GroupTaps, LoadedBytes = 16;

    /// <summary>Whether four rows at once are possible here.</summary>
    public static bool HasVectors => Avx2.IsSupported;

    /// <summary>All rows of an image in the width of the other, there from row <paramref name="top"/> on.</summary>
    public static void Resize(Image source, Image target, int top, ResizeWeights weights, bool vectors)
    {
        int height = source.Height, channels = source.Channels;
        int safe = 0;
        if (vectors && height >= Rows)
        {
            // The last loads of a row reach beyond its pixels, which the last rows of a image cannot afford.
            while (safe < target.Width && LastByte(weights, safe, channels) <= source.Stride)
                safe++;
            Vector128<byte> pairs = Pairs(channels);
            for (int y = 0; y < height; y += Rows)
                // The last four rows may have been done in part.
                FourRows(source, target, top, Math.Min(y, height - Rows), weights, pairs, safe);
        }
        for (int y = 0; y < height; y++)
            OneRow(source.Row(y), target.Row(top + y), channels, weights, safe, target.Width);
    }

    private static int LastByte(ResizeWeights weights, int x, int channels) =>
        ((weights.Start(x) + ((weights.Groups(x) - 1) * Taps)) * channels) + LoadedBytes;

    /// <summary>Puts equal channels of neighbouring pixels side by side, two pixels in eight bytes; where there is no channel, zero.</summary>
    private static Vector128<byte> Pairs(int channels)
    {
        Span<byte> places = stackalloc byte[LoadedBytes];
        places.Fill(0xFF);
        for (int tap = 0; tap < Taps; tap++)
            for (int c = 0; c < channels; c++)
                places[(tap / 2 * 8) + (c * 2) + (tap % 2)] = (byte)((tap * channels) + c);
        return Vector128.Create<byte>(places);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(Image source, Image target, int top, int y, ResizeWeights weights, Vector128<byte> pairs, int count)
    {
        int channels = source.Channels;
        ref byte from = ref MemoryMarshal.GetReference(source.Row(y));
        nuint stride = (nuint)source.Stride;
        ref short parts = ref MemoryMarshal.GetReference(weights.Parts);
        // Two weights for the four channels of two pixels, the next two for those of the next.
        Vector256<byte> spread = Vector256.Create((byte)0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
        for (int x = 0; x < count; x++)
        {
            nuint at = (nuint)(weights.Start(x) * channels), part = (nuint)weights.FirstPart(x);
            Vector256<int> high0 = default, high1 = default, high2 = default, high3 = default, low0 = default, low1 = default, low2 = default, low3 = default;
            for (int group = weights.Groups(x); group > 0; group--, part += 2 * Taps, at += (nuint)(Taps * channels))
            {
                Vector256<short> high = Spread(ref parts, part, spread), low = Spread(ref parts, part + Taps, spread);
                Vector256<short> pixels = Load(ref from, at, pairs);
                high0 += Avx2.MultiplyAddAdjacent(pixels, high);
                low0 += Avx2.MultiplyAddAdjacent(pixels, low);
                pixels = Load(ref from, at + stride, pairs);
                high1 += Avx2.MultiplyAddAdjacent(pixels, high);
                low1 += Avx2.MultiplyAddAdjacent(pixels, low);
                pixels = Load(ref from, at + (2 * stride), pairs);
                high2 += Avx2.MultiplyAddAdjacent(pixels, high);
                low2 += Avx2.MultiplyAddAdjacent(pixels, low);
                pixels = Load(ref from, at + (3 * stride), pairs);
                high3 += Avx2.MultiplyAddAdjacent(pixels, high);
                low3 += Avx2.MultiplyAddAdjacent(pixels, low);
            }
            Store(target.Row(top + y), x, channels, high0, low0);
            Store(target.Row(top + y + 1), x, channels, high1, low1);
            Store(target.Row(top + y + 2), x, channels, high2, low2);
            Store(target.Row(top + y + 3), x, channels, high3, low3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(ref byte row, nuint at, Vector128<byte> pairs) =>
        Avx2.ConvertToVector256Int16(Ssse3.Shuffle(Vector128.LoadUnsafe(ref row, at), pairs));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Spread(ref short parts, nuint at, Vector256<byte> spread) =>
        Avx2.Shuffle(Vector256.Create(Unsafe.ReadUnaligned<long>(ref Unsafe.As<short, byte>(ref Unsafe.Add(ref parts, at)))).AsByte(), spread).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Span<byte> row, int x, int channels, Vector256<int> high, Vector256<int> low)
    {
        Vector256<int> both = (high << ResizeWeights.LowBits) + low;
        Vector128<int> sum = (both.GetLower() + both.GetUpper() + Vector128.Create(ResizeWeights.Half)) >> ResizeWeights.Precision;
        Vector128<short> narrow = Sse2.PackSignedSaturate(sum, sum);
        uint bytes = Sse2.PackUnsignedSaturate(narrow, narrow).AsUInt32().ToScalar();
        for (int i = x * channels, end = i + channels; i < end; i++, bytes >>= 8)
            row[i] = (byte)bytes;
    }

    /// <summary>New pixels from <paramref name="from"/> on of one row, by the plain loop.</summary>
    private static void OneRow(ReadOnlySpan<byte> source, Span<byte> target, int channels, ResizeWeights weights, int from, int to)
    {
        for (int x = from; x < to; x++)
        {
            ReadOnlySpan<int> taps = weights.Of(x);
            ReadOnlySpan<byte> pixels = source.Slice(weights.Start(x) * channels, taps.Length * channels);
            Span<byte> pixel = target.Slice(x * channels, channels);
            if (channels == 3)
                SumRgb(pixels, taps, pixel);
            else
                SumAny(pixels, taps, pixel);
        }
    }

    private static void SumRgb(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> taps, Span<byte> pixel)
    {
        int red = ResizeWeights.Half, green = red, blue = red;
        for (int k = 0; k < taps.Length; k++)
        {
            int weight = taps[k];
            red += weight * pixels[3 * k];
            green += weight * pixels[(3 * k) + 1];
            blue += weight * pixels[(3 * k) + 2];
        }
        (pixel[0], pixel[1], pixel[2]) = (ResizeWeights.Round(red), ResizeWeights.Round(green), ResizeWeights.Round(blue));
    }

    private static void SumAny(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> taps, Span<byte> pixel)
    {
        for (int c = 0; c < pixel.Length; c++)
        {
            int sum = ResizeWeights.Half;
            for (int k = 0, i = c; k < taps.Length; k++, i += pixel.Length)
                sum += taps[k] * pixels[i];
            pixel[c] = ResizeWeights.Round(sum);
        }
    }
}
