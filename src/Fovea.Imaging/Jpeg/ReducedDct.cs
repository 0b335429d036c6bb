using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The inverse transform of 8×8 coefficients into 4×4, 2×2 or 1×1 samples, each the mean of those of the whole transform
/// that it stands for: the mean of two neighbours is a cosine at half the frequencies, so the frequencies of either
/// half fold onto each other. Integers of 13 bits, to the same bits as the Independent JPEG Group's decoder at 1/2, 1/4
/// and 1/8.
/// </summary>
internal static unsafe class ReducedDct
{
    private const int FactorBits = 13, KeptBits = 2;

    // √2 times sums of cosines of multiples of π/16, times 2^13: for half the samples (even: 2 and 6; two rows of odd
    // factors for 1, 3, 5, 7), and for a quarter.
    private const int Even2 = 15137, Even6 = -6270;
    private const int Inner1 = 8697, Inner3 = -17799, Inner5 = 11893, Inner7 = -1730;
    private const int Outer1 = 20995, Outer3 = 7373, Outer5 = -4926, Outer7 = -4176;
    private const int Quarter1 = 29692, Quarter3 = -10426, Quarter5 = 6967, Quarter7 = -5906;

    /// <summary>Turns coefficients into samples.</summary>
    /// <param name="block">64 coefficients as <see cref="BlockLayout"/> lays them.</param>
    /// <param name="steps">What they are multiplied by, laid likewise.</param>
    /// <param name="samples">The upper left of <paramref name="side"/>² samples, 0 to 255.</param>
    /// <param name="stride">Bytes from one row of samples to the next.</param>
    /// <param name="side">4, 2 or 1.</param>
    public static void Transform(short* block, short* steps, byte* samples, nint stride, int side)
    {
        if (side == 1)
            *samples = InverseDct.SampleOfDc(block[0], steps[0]);
        else if (side == 4 && Avx2.IsSupported)
            ToFourAvx2(block, steps, samples, stride);
        else if (Avx2.IsSupported)
            ToTwoAvx2(block, steps, samples, stride);
        else
            TransformScalar(block, steps, samples, stride, side);
    }

    /// <summary>All eight columns, then all four rows at once, pairs of coefficients as in <see cref="InverseDct"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ToFourAvx2(short* block, short* steps, byte* samples, nint stride)
    {
        Vector256<short> in04 = Vector256.Load(block) * Vector256.Load(steps);
        Vector256<short> in15 = Vector256.Load(block + 16) * Vector256.Load(steps + 16);
        Vector256<short> in26 = Vector256.Load(block + 32) * Vector256.Load(steps + 32);
        Vector256<short> in37 = Vector256.Load(block + 48) * Vector256.Load(steps + 48);
        const int Columns = FactorBits - KeptBits + 1, Rows = FactorBits + KeptBits + 3 + 1;
        Vector256<int> middle = Dot(in04, 2 << FactorBits, 0) + Vector256.Create(1 << (Columns - 1)), turned = Dot(in26, Even2, Even6);
        Vector256<int> outer = Dot(in15, Outer1, Outer5) + Dot(in37, Outer3, Outer7), inner = Dot(in15, Inner1, Inner5) + Dot(in37, Inner3, Inner7);
        Vector256<int> sum = middle + turned, difference = middle - turned;
        Vector256<short> lines01 = Avx2.PackSignedSaturate((sum + outer) >> Columns, (difference + inner) >> Columns);
        Vector256<short> lines23 = Avx2.PackSignedSaturate((difference - inner) >> Columns, (sum - outer) >> Columns);

        // Columns c and c + 4 of every line side by side, and then all lines' pairs of a column together.
        Vector128<int> line0 = Sse2.UnpackLow(lines01.GetLower(), lines01.GetUpper()).AsInt32(), line1 = Sse2.UnpackHigh(lines01.GetLower(), lines01.GetUpper()).AsInt32();
        Vector128<int> line2 = Sse2.UnpackLow(lines23.GetLower(), lines23.GetUpper()).AsInt32(), line3 = Sse2.UnpackHigh(lines23.GetLower(), lines23.GetUpper()).AsInt32();
        Vector128<long> upper01 = Sse2.UnpackLow(line0, line1).AsInt64(), upper23 = Sse2.UnpackLow(line2, line3).AsInt64();
        Vector128<long> lower01 = Sse2.UnpackHigh(line0, line1).AsInt64(), lower23 = Sse2.UnpackHigh(line2, line3).AsInt64();
        Vector128<short> at04 = Sse2.UnpackLow(upper01, upper23).AsInt16(), at15 = Sse2.UnpackHigh(upper01, upper23).AsInt16();
        Vector128<short> at26 = Sse2.UnpackLow(lower01, lower23).AsInt16(), at37 = Sse2.UnpackHigh(lower01, lower23).AsInt16();

        Vector128<int> middleRow = Dot(at04, 2 << FactorBits, 0) + Vector128.Create(1 << (Rows - 1)), turnedRow = Dot(at26, Even2, Even6);
        Vector128<int> outerRow = Dot(at15, Outer1, Outer5) + Dot(at37, Outer3, Outer7), innerRow = Dot(at15, Inner1, Inner5) + Dot(at37, Inner3, Inner7);
        Vector128<int> sumRow = middleRow + turnedRow, differenceRow = middleRow - turnedRow;
        Vector128<short> columns01 = Sse2.PackSignedSaturate((sumRow + outerRow) >> Rows, (differenceRow + innerRow) >> Rows);
        Vector128<short> columns23 = Sse2.PackSignedSaturate((differenceRow - innerRow) >> Rows, (sumRow - outerRow) >> Rows);
        Vector128<byte> byColumn = (Sse2.PackSignedSaturate(columns01, columns23) ^ Vector128.Create(unchecked((sbyte)0x80))).AsByte();
        Vector128<uint> byRow = Ssse3.Shuffle(byColumn, Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).AsUInt32();
        for (int y = 0; y < 4; y++)
            Unsafe.WriteUnaligned(samples + (y * stride), byRow.GetElement(y));
    }

    /// <summary>All eight columns at once, then both rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ToTwoAvx2(short* block, short* steps, byte* samples, nint stride)
    {
        const int Columns = FactorBits - KeptBits + 2, Rows = FactorBits + KeptBits + 3 + 2;
        // A factor of 2^15 does not fit into 16 bits.
        Vector256<int> middle = (Dot(Vector256.Load(block) * Vector256.Load(steps), 2 << FactorBits, 0) << 1) + Vector256.Create(1 << (Columns - 1));
        Vector256<int> odd = Dot(Vector256.Load(block + 16) * Vector256.Load(steps + 16), Quarter1, Quarter5)
            + Dot(Vector256.Load(block + 48) * Vector256.Load(steps + 48), Quarter3, Quarter7);
        Vector256<int> factors = Vector256.Create(0, Quarter1, 0, Quarter3, 0, Quarter5, 0, Quarter7);
        for (int y = 0; y < 2; y++)
        {
            Vector256<int> line = (y == 0 ? middle + odd : middle - odd) >> Columns;
            int centre = (line.ToScalar() << (FactorBits + 2)) + (1 << (Rows - 1)), turned = Vector256.Sum(line * factors);
            samples[y * stride] = (byte)(Math.Clamp((centre + turned) >> Rows, -128, 127) + 128);
            samples[(y * stride) + 1] = (byte)(Math.Clamp((centre - turned) >> Rows, -128, 127) + 128);
        }
    }

    /// <summary>The same for 4×4 or 2×2 samples, one column and one row after the other.</summary>
    internal static void TransformScalar(short* block, short* steps, byte* samples, nint stride, int side)
    {
        int* column = stackalloc int[8], lines = stackalloc int[8 * 4], results = stackalloc int[4];
        int kept = side == 4 ? 1 : 2;
        for (int x = 0; x < 8; x++)
        {
            for (int y = 0; y < 8; y++)
            {
                int place = BlockLayout.Place((8 * y) + x);
                column[y] = (short)(block[place] * steps[place]);
            }
            TransformLine(column, results, side, FactorBits - KeptBits + kept);
            for (int y = 0; y < side; y++)
                lines[(8 * y) + x] = results[y];
        }
        for (int y = 0; y < side; y++)
        {
            TransformLine(lines + (8 * y), results, side, FactorBits + KeptBits + 3 + kept);
            for (int x = 0; x < side; x++)
                samples[(y * stride) + x] = (byte)(Math.Clamp(results[x], -128, 127) + 128);
        }
    }

    private static void TransformLine(int* line, int* results, int side, int shift)
    {
        int half = 1 << (shift - 1);
        if (side == 2)
        {
            int middle = (line[0] << (FactorBits + 2)) + half;
            int odd = (line[1] * Quarter1) + (line[3] * Quarter3) + (line[5] * Quarter5) + (line[7] * Quarter7);
            (results[0], results[1]) = ((middle + odd) >> shift, (middle - odd) >> shift);
            return;
        }
        int sum = (line[0] << (FactorBits + 1)) + half, turned = (line[2] * Even2) + (line[6] * Even6), difference = sum - turned;
        sum += turned;
        int inner = (line[1] * Inner1) + (line[3] * Inner3) + (line[5] * Inner5) + (line[7] * Inner7);
        int outer = (line[1] * Outer1) + (line[3] * Outer3) + (line[5] * Outer5) + (line[7] * Outer7);
        (results[0], results[1]) = ((sum + outer) >> shift, (difference + inner) >> shift);
        (results[2], results[3]) = ((difference - inner) >> shift, (sum - outer) >> shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(Vector256<short> pairs, int first, int second) =>
        Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((first & 0xFFFF) | (second << 16)).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Dot(Vector128<short> pairs, int first, int second) =>
        Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((first & 0xFFFF) | (second << 16)).AsInt16());
}
