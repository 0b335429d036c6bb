using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Makes a row of samples for every pixel from the fewer samples of a component. Where there are half as many across or
/// down, new ones lie between old ones, at 3/4 of the nearer and 1/4 of the farther, as the Independent JPEG Group's
/// decoder does by default; other proportions repeat samples.
/// </summary>
internal static unsafe class Upsampling
{
    /// <summary>Bytes that rows of samples and of results may be read and written beyond their end.</summary>
    public const int Slack = 32;

    /// <summary>Twice as many samples across, from 3/4 of this and 1/4 of the next one on either side.</summary>
    /// <param name="row">(W) samples.</param>
    /// <param name="work">(W + 2 + <see cref="Slack"/>) for sums.</param>
    /// <param name="width">W.</param>
    /// <param name="result">(2·W).</param>
    public static void Across(byte* row, ushort* work, int width, byte* result)
    {
        for (int i = 0; i < width; i += Vector256<ushort>.Count)
            Vector256.WidenLower(Vector128.Load(row + i).ToVector256Unsafe()).Store(work + 1 + i);
        Interpolate(work, width, 2, 1, 2, result);
    }

    /// <summary>A row between two others, of twice as many samples.</summary>
    /// <param name="near">(W) samples of the nearer row.</param>
    /// <param name="far">(W) samples of the farther row.</param>
    /// <param name="work">(W + 2 + <see cref="Slack"/>) for sums.</param>
    /// <param name="width">W.</param>
    /// <param name="result">(2·W).</param>
    public static void AcrossAndDown(byte* near, byte* far, ushort* work, int width, byte* result)
    {
        for (int i = 0; i < width; i += Vector256<ushort>.Count)
            Sum(near + i, far + i).Store(work + 1 + i);
        Interpolate(work, width, 4, 8, 7, result);
    }

    /// <summary>A row between two others.</summary>
    /// <param name="near">(W) samples of the nearer row.</param>
    /// <param name="far">(W) samples of the farther row.</param>
    /// <param name="rounding">1 above and 2 below the nearer row, so that halves do not all go the same way.</param>
    /// <param name="width">W.</param>
    /// <param name="result">(W).</param>
    public static void Down(byte* near, byte* far, int rounding, int width, byte* result)
    {
        Vector256<ushort> half = Vector256.Create((ushort)rounding);
        for (int i = 0; i < width; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> sum = (Sum(near + i, far + i) + half) >> 2;
            Vector128.Narrow(sum.GetLower(), sum.GetUpper()).Store(result + i);
        }
    }

    /// <summary>Every sample as often as the proportion says.</summary>
    /// <param name="row">The component's samples.</param>
    /// <param name="h">Samples of the component across for <paramref name="maxH"/> pixels.</param>
    /// <param name="maxH">Pixels.</param>
    /// <param name="width">Pixels of the row.</param>
    /// <param name="result">(<paramref name="width"/>).</param>
    public static void Repeat(byte* row, int h, int maxH, int width, byte* result)
    {
        for (int x = 0, place = 0; x < width; x++)
        {
            result[x] = *row;
            place += h;
            if (place < maxH)
                continue;
            place -= maxH;
            row++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Sum(byte* near, byte* far)
    {
        Vector256<ushort> a = Vector256.WidenLower(Vector128.Load(near).ToVector256Unsafe());
        return a + a + a + Vector256.WidenLower(Vector128.Load(far).ToVector256Unsafe());
    }

    /// <summary>Sums from <paramref name="work"/>[1] on become pairs of samples; beyond either end the last is repeated.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Interpolate(ushort* work, int width, int shift, ushort left, ushort right, byte* result)
    {
        work[0] = work[1];
        work[width + 1] = work[width];
        Vector256<ushort> halfLeft = Vector256.Create(left), halfRight = Vector256.Create(right);
        for (int i = 0; i < width; i += Vector256<ushort>.Count)
        {
            Vector256<ushort> middle = Vector256.Load(work + 1 + i);
            middle = middle + middle + middle;
            Vector256<ushort> first = (middle + Vector256.Load(work + i) + halfLeft) >> shift;
            Vector256<ushort> second = (middle + Vector256.Load(work + 2 + i) + halfRight) >> shift;
            (first | (second << 8)).AsByte().Store(result + (2 * i));
        }
    }
}
