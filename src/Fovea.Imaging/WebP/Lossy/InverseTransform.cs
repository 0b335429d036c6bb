using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>From coefficients to differences of pixels (RFC 6386, section 14).</summary>
internal static class InverseTransform
{
    // √2·cos(π/8) − 1 and √2·sin(π/8), times 2¹⁶.
    private const int Cosine = 20091, Sine = 35468;

    /// <summary>From 16 coefficients to the first coefficient of 16 blocks.</summary>
    /// <param name="means">(4, 4).</param>
    /// <param name="values">(16, 16), of which the first of every 16 are written.</param>
    public static void Means(ReadOnlySpan<short> means, Span<short> values)
    {
        Span<int> work = stackalloc int[16];
        for (int x = 0; x < 4; x++)
        {
            int outer = means[x] + means[12 + x], inner = means[4 + x] + means[8 + x];
            int innerDifference = means[4 + x] - means[8 + x], outerDifference = means[x] - means[12 + x];
            work[x] = outer + inner;
            work[4 + x] = outerDifference + innerDifference;
            work[8 + x] = outer - inner;
            work[12 + x] = outerDifference - innerDifference;
        }
        for (int y = 0; y < 4; y++)
        {
            Span<int> row = work.Slice(4 * y, 4);
            Span<short> target = values.Slice(64 * y, 64);
            int first = row[0] + 3;
            int outer = first + row[3], inner = row[1] + row[2], innerDifference = row[1] - row[2], outerDifference = first - row[3];
            target[0] = (short)((outer + inner) >> 3);
            target[16] = (short)((outerDifference + innerDifference) >> 3);
            target[32] = (short)((outer - inner) >> 3);
            target[48] = (short)((outerDifference - innerDifference) >> 3);
        }
    }

    /// <summary>Adds a block's differences to its prediction.</summary>
    /// <param name="block">(4, 4).</param>
    /// <param name="pixels">The block's first pixel and what follows.</param>
    /// <param name="stride">From one row to the next.</param>
    public static void Add(ReadOnlySpan<short> block, Span<byte> pixels, int stride)
    {
        Span<int> work = stackalloc int[16];
        block = block[..16];
        for (int x = 0; x < 4; x++)
        {
            int sum = block[x] + block[8 + x], difference = block[x] - block[8 + x];
            int turned = BySine(block[4 + x]) - ByCosine(block[12 + x]), turnedBack = ByCosine(block[4 + x]) + BySine(block[12 + x]);
            work[x] = sum + turnedBack;
            work[4 + x] = difference + turned;
            work[8 + x] = difference - turned;
            work[12 + x] = sum - turnedBack;
        }
        for (int y = 0; y < 4; y++)
        {
            Span<int> row = work.Slice(4 * y, 4);
            int first = row[0] + 4, sum = first + row[2], difference = first - row[2];
            int turned = BySine(row[1]) - ByCosine(row[3]), turnedBack = ByCosine(row[1]) + BySine(row[3]);
            Span<byte> target = pixels.Slice(y * stride, 4);
            target[0] = Clamp(target[0] + ((sum + turnedBack) >> 3));
            target[1] = Clamp(target[1] + ((difference + turned) >> 3));
            target[2] = Clamp(target[2] + ((difference - turned) >> 3));
            target[3] = Clamp(target[3] + ((sum - turnedBack) >> 3));
        }
    }

    /// <summary>The same if only the first coefficient is not 0.</summary>
    public static void AddMean(int first, Span<byte> pixels, int stride)
    {
        int difference = (first + 4) >> 3;
        for (int y = 0; y < 4; y++)
            foreach (ref byte pixel in pixels.Slice(y * stride, 4))
                pixel = Clamp(pixel + difference);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ByCosine(int value) => ((value * Cosine) >> 16) + value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BySine(int value) => (value * Sine) >> 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
