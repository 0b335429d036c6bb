namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The discrete cosine transform of 8×8 samples and its quantization, in the arithmetic of the Independent JPEG Group's
/// accurate transform: the counterpart of <see cref="InverseDct"/>.
/// </summary>
internal static class ForwardDct
{
    private const int FactorBits = 13, KeptBits = 2;

    private const int F0298 = 2446, F0390 = 3196, F0541 = 4433, F0765 = 6270, F0899 = 7373, F1175 = 9633;
    private const int F1501 = 12299, F1847 = 15137, F1961 = 16069, F2053 = 16819, F2562 = 20995, F3072 = 25172;

    /// <summary>Turns samples into quantized coefficients, in place.</summary>
    /// <param name="block">64 samples less 128, by row · 8 + column.</param>
    /// <param name="steps">The step of every coefficient.</param>
    public static void Transform(Span<int> block, ReadOnlySpan<int> steps)
    {
        for (int y = 0; y < 8; y++)
            TransformLine(block[(8 * y)..], 1, KeptBits, FactorBits - KeptBits);
        for (int x = 0; x < 8; x++)
            TransformLine(block[x..], 8, -KeptBits, FactorBits + KeptBits);
        for (int i = 0; i < BlockLayout.Size; i++)
        {
            // Both passes together scale by 8.
            int step = 8 * steps[i], size = (Math.Abs(block[i]) + (step / 2)) / step;
            block[i] = block[i] < 0 ? -size : size;
        }
    }

    /// <param name="line">Eight numbers, <paramref name="step"/> apart.</param>
    /// <param name="step">From one to the next.</param>
    /// <param name="gain">By how many bits sums without a factor are to grow.</param>
    /// <param name="shift">How many bits products lose.</param>
    private static void TransformLine(Span<int> line, int step, int gain, int shift)
    {
        int sum07 = line[0] + line[7 * step], difference07 = line[0] - line[7 * step];
        int sum16 = line[step] + line[6 * step], difference16 = line[step] - line[6 * step];
        int sum25 = line[2 * step] + line[5 * step], difference25 = line[2 * step] - line[5 * step];
        int sum34 = line[3 * step] + line[4 * step], difference34 = line[3 * step] - line[4 * step];

        int outer = sum07 + sum34, inner = sum16 + sum25, turned0 = sum07 - sum34, turned1 = sum16 - sum25;
        line[0] = Scale(outer + inner, gain);
        line[4 * step] = Scale(outer - inner, gain);
        int shared = (turned0 + turned1) * F0541;
        line[2 * step] = Round(shared + (turned0 * F0765), shift);
        line[6 * step] = Round(shared - (turned1 * F1847), shift);

        int all = (difference07 + difference16 + difference25 + difference34) * F1175;
        int by1 = (difference34 + difference07) * -F0899, by2 = (difference25 + difference16) * -F2562;
        int by3 = ((difference34 + difference16) * -F1961) + all, by4 = ((difference25 + difference07) * -F0390) + all;
        line[7 * step] = Round((difference34 * F0298) + by1 + by3, shift);
        line[5 * step] = Round((difference25 * F2053) + by2 + by4, shift);
        line[3 * step] = Round((difference16 * F3072) + by2 + by3, shift);
        line[step] = Round((difference07 * F1501) + by1 + by4, shift);
    }

    private static int Scale(int value, int bits) => bits >= 0 ? value << bits : Round(value, -bits);

    private static int Round(int value, int bits) => (value + (1 << (bits - 1))) >> bits;
}
