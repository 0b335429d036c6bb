using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The inverse discrete cosine transform of 8×8 coefficients, in integers: the method of Loeffler, Ligtenberg and
/// Moschytz (ICASSP 1989) with factors of 13 bits and 2 more bits kept between columns and rows. That is the arithmetic
/// of the Independent JPEG Group's accurate transform, so that images come out the same to the bit.
/// </summary>
internal static unsafe class InverseDct
{
    /// <summary>Bits of the factors, and those kept between the passes.</summary>
    private const int FactorBits = 13, KeptBits = 2;

    // cos and sin of multiples of π/16 and their sums, times 2^13, named by their value.
    private const int F0298 = 2446, F0390 = 3196, F0541 = 4433, F0765 = 6270, F0899 = 7373, F1175 = 9633;
    private const int F1501 = 12299, F1847 = 15137, F1961 = 16069, F2053 = 16819, F2562 = 20995, F3072 = 25172;

    /// <summary>Turns coefficients into samples.</summary>
    /// <param name="block">64 coefficients as <see cref="BlockLayout"/> lays them.</param>
    /// <param name="steps">What they are multiplied by, laid likewise.</param>
    /// <param name="samples">The upper left of 8×8 samples, 0 to 255.</param>
    /// <param name="stride">Bytes from one row of samples to the next.</param>
    public static void Transform(short* block, short* steps, byte* samples, nint stride)
    {
        if (Avx2.IsSupported)
            TransformAvx2(block, steps, samples, stride);
        else
            TransformScalar(block, steps, samples, stride);
    }

    /// <summary>As <see cref="Transform"/>, and as <see cref="ReducedDct"/> for fewer samples, if all coefficients but the first are 0.</summary>
    public static void TransformDc(short first, short step, byte* samples, nint stride, int side = 8)
    {
        byte sample = SampleOfDc(first, step);
        if (side < 8)
        {
            for (int y = 0; y < side; y++)
                new Span<byte>(samples + (y * stride), side).Fill(sample);
            return;
        }
        ulong row = sample * 0x0101010101010101ul;
        for (int y = 0; y < 8; y++)
            Unsafe.WriteUnaligned(samples + (y * stride), row);
    }

    /// <summary>The mean of a block's samples.</summary>
    public static byte SampleOfDc(short first, short step) => (byte)Math.Clamp((((short)(first * step) + 4) >> 3) + 128, 0, 255);

    /// <summary>
    /// All eight columns, then all eight rows at once: the sums of two products that the transform consists of are what
    /// pmaddwd does with pairs of 16 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void TransformAvx2(short* block, short* steps, byte* samples, nint stride)
    {
        // Rows 0 and 4, 1 and 5, 2 and 6, 3 and 7, woven into each other.
        Vector256<short> in04 = Vector256.Load(block) * Vector256.Load(steps);
        Vector256<short> in15 = Vector256.Load(block + 16) * Vector256.Load(steps + 16);
        Vector256<short> in26 = Vector256.Load(block + 32) * Vector256.Load(steps + 32);
        Vector256<short> in37 = Vector256.Load(block + 48) * Vector256.Load(steps + 48);
        Vector256<byte> weave = Vector256.Create(
            Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15),
            Vector128.Create((byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
        int shift = FactorBits - KeptBits;
        for (int pass = 0; ; pass++)
        {
            Vector256<int> half = Vector256.Create(1 << (shift - 1));
            Vector256<int> sum = Dot(in04, 1 << FactorBits, 1 << FactorBits) + half;
            Vector256<int> difference = Dot(in04, 1 << FactorBits, -1 << FactorBits) + half;
            Vector256<int> turned2 = Dot(in26, F0541, F0541 - F1847), turned6 = Dot(in26, F0541 + F0765, F0541);
            Vector256<int> even0 = sum + turned6, even3 = sum - turned6;
            Vector256<int> even1 = difference + turned2, even2 = difference - turned2;
            Vector256<int> odd0 = Dot(in15, F1501 - F0899 - F0390 + F1175, F1175 - F0390) + Dot(in37, F1175, F1175 - F0899);
            Vector256<int> odd1 = Dot(in15, F1175, F1175 - F2562) + Dot(in37, F3072 - F2562 - F1961 + F1175, F1175 - F1961);
            Vector256<int> odd2 = Dot(in15, F1175 - F0390, F2053 - F2562 - F0390 + F1175) + Dot(in37, F1175 - F2562, F1175);
            Vector256<int> odd3 = Dot(in15, F1175 - F0899, F1175) + Dot(in37, F1175 - F1961, F0298 - F0899 - F1961 + F1175);

            // Lines 0 and 4, 1 and 5, 2 and 6, 3 and 7, half of each in either 128 bits; then transposed.
            Vector256<short> out04 = Avx2.PackSignedSaturate((even0 + odd0) >> shift, (even3 - odd3) >> shift);
            Vector256<short> out15 = Avx2.PackSignedSaturate((even1 + odd1) >> shift, (even2 - odd2) >> shift);
            Vector256<short> out26 = Avx2.PackSignedSaturate((even2 + odd2) >> shift, (even1 - odd1) >> shift);
            Vector256<short> out37 = Avx2.PackSignedSaturate((even3 + odd3) >> shift, (even0 - odd0) >> shift);
            Vector256<int> low01 = Avx2.UnpackLow(out04, out15).AsInt32(), high01 = Avx2.UnpackHigh(out04, out15).AsInt32();
            Vector256<int> low23 = Avx2.UnpackLow(out26, out37).AsInt32(), high23 = Avx2.UnpackHigh(out26, out37).AsInt32();
            Vector256<long> upper01 = Avx2.UnpackLow(low01, low23).AsInt64(), upper23 = Avx2.UnpackHigh(low01, low23).AsInt64();
            Vector256<long> lower01 = Avx2.UnpackLow(high01, high23).AsInt64(), lower23 = Avx2.UnpackHigh(high01, high23).AsInt64();
            Vector256<long> line04 = Avx2.UnpackLow(upper01, lower01), line15 = Avx2.UnpackHigh(upper01, lower01);
            Vector256<long> line26 = Avx2.UnpackLow(upper23, lower23), line37 = Avx2.UnpackHigh(upper23, lower23);
            if (pass == 1)
            {
                Vector256<sbyte> middle = Vector256.Create(unchecked((sbyte)0x80));
                Vector256<ulong> rows0145 = (Avx2.PackSignedSaturate(line04.AsInt16(), line15.AsInt16()) ^ middle).AsUInt64();
                Vector256<ulong> rows2367 = (Avx2.PackSignedSaturate(line26.AsInt16(), line37.AsInt16()) ^ middle).AsUInt64();
                for (int y = 0; y < 2; y++)
                {
                    Unsafe.WriteUnaligned(samples + (y * stride), rows0145.GetElement(y));
                    Unsafe.WriteUnaligned(samples + ((y + 2) * stride), rows2367.GetElement(y));
                    Unsafe.WriteUnaligned(samples + ((y + 4) * stride), rows0145.GetElement(y + 2));
                    Unsafe.WriteUnaligned(samples + ((y + 6) * stride), rows2367.GetElement(y + 2));
                }
                return;
            }
            in04 = Avx2.Shuffle(Avx2.Permute4x64(line04, 0b11_01_10_00).AsByte(), weave).AsInt16();
            in15 = Avx2.Shuffle(Avx2.Permute4x64(line15, 0b11_01_10_00).AsByte(), weave).AsInt16();
            in26 = Avx2.Shuffle(Avx2.Permute4x64(line26, 0b11_01_10_00).AsByte(), weave).AsInt16();
            in37 = Avx2.Shuffle(Avx2.Permute4x64(line37, 0b11_01_10_00).AsByte(), weave).AsInt16();
            shift = FactorBits + KeptBits + 3;
        }
    }

    /// <summary>The same, one column and one row after the other.</summary>
    internal static void TransformScalar(short* block, short* steps, byte* samples, nint stride)
    {
        int* work = stackalloc int[BlockLayout.Size];
        for (int i = 0; i < BlockLayout.Size; i++)
        {
            int place = BlockLayout.Place(i);
            work[i] = (short)(block[place] * steps[place]);
        }
        for (int x = 0; x < 8; x++)
            TransformLine(work + x, 8, FactorBits - KeptBits);
        for (int y = 0; y < 8; y++)
        {
            TransformLine(work + (8 * y), 1, FactorBits + KeptBits + 3);
            for (int x = 0; x < 8; x++)
                samples[(y * stride) + x] = (byte)(Math.Clamp(work[(8 * y) + x], -128, 127) + 128);
        }
    }

    private static void TransformLine(int* line, int step, int shift)
    {
        int half = 1 << (shift - 1);
        int in1 = line[step], in2 = line[2 * step], in3 = line[3 * step];
        int in5 = line[5 * step], in6 = line[6 * step], in7 = line[7 * step];
        int sum = ((line[0] + line[4 * step]) << FactorBits) + half, difference = ((line[0] - line[4 * step]) << FactorBits) + half;
        int turned2 = (in2 * F0541) + (in6 * (F0541 - F1847)), turned6 = (in2 * (F0541 + F0765)) + (in6 * F0541);
        int all = (in1 + in3 + in5 + in7) * F1175, by17 = (in1 + in7) * -F0899, by35 = (in3 + in5) * -F2562;
        int by37 = ((in3 + in7) * -F1961) + all, by15 = ((in1 + in5) * -F0390) + all;
        int odd0 = (in1 * F1501) + by17 + by15, odd1 = (in3 * F3072) + by35 + by37;
        int odd2 = (in5 * F2053) + by35 + by15, odd3 = (in7 * F0298) + by17 + by37;
        ReadOnlySpan<int> even = [sum + turned6, difference + turned2, difference - turned2, sum - turned6];
        ReadOnlySpan<int> odd = [odd0, odd1, odd2, odd3];
        for (int i = 0; i < 4; i++)
        {
            line[i * step] = (even[i] + odd[i]) >> shift;
            line[(7 - i) * step] = (even[i] - odd[i]) >> shift;
        }
    }

    /// <summary>The sum of each pair, its members times two factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(Vector256<short> pairs, int first, int second) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((first & 0xFFFF) | (second << 16)).AsInt16());
}
