using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Predicts pixels from those above and to the left of them (RFC 6386, section 12).</summary>
internal static class IntraPrediction
{
    /// <summary>Predicts a square of brightness (16×16) or colour (8×8).</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="pixels">A macroblock's pixels with those around it.</param>
    /// <param name="at">The square's first pixel.</param>
    /// <param name="size">Its side.</param>
    /// <param name="hasAbove">Whether there is something above.</param>
    /// <param name="hasLeft">Whether there is something to the left.</param>
    public static void PredictSquare(int mode, Span<byte> pixels, int at, int size, bool hasAbove, bool hasLeft)
    {
        const int Stride = MacroblockPixels.Stride;
        ReadOnlySpan<byte> above = pixels.Slice(at - Stride, size);
        switch (mode)
        {
            case BlockModes.Mean:
                byte mean = Mean(pixels, at, size, hasAbove, hasLeft);
                for (int y = 0; y < size; y++)
                    Lines.Fill(pixels[(at + (y * Stride))..], mean, size);
                break;
            case BlockModes.Vertical:
                for (int y = 0; y < size; y++)
                    Lines.Copy(above, pixels[(at + (y * Stride))..], size);
                break;
            case BlockModes.Horizontal:
                for (int y = 0; y < size; y++)
                    Lines.Fill(pixels[(at + (y * Stride))..], pixels[at + (y * Stride) - 1], size);
                break;
            default:
                AddGradient(pixels, at, size);
                break;
        }
    }

    private static byte Mean(ReadOnlySpan<byte> pixels, int at, int size, bool hasAbove, bool hasLeft)
    {
        const int Stride = MacroblockPixels.Stride;
        if (!hasAbove && !hasLeft)
            return 128;
        int sum = 0, count = 0;
        if (hasAbove)
        {
            foreach (byte pixel in pixels.Slice(at - Stride, size))
                sum += pixel;
            count += size;
        }
        if (hasLeft)
        {
            for (int y = 0; y < size; y++)
                sum += pixels[at - 1 + (y * Stride)];
            count += size;
        }
        return (byte)((sum + (count / 2)) / count);
    }

    private static void AddGradient(Span<byte> pixels, int at, int size)
    {
        const int Stride = MacroblockPixels.Stride;
        int corner = pixels[at - Stride - 1];
        Vector128<byte> zero = Vector128<byte>.Zero;
        for (int x = 0; x < size; x += 8)
        {
            Vector128<short> above = Vector128.WidenLower(Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(pixels[(at - Stride + x)..])).AsByte()).AsInt16();
            for (int y = 0; y < size; y++)
            {
                Vector128<short> sums = above + Vector128.Create((short)(pixels[at - 1 + (y * Stride)] - corner));
                sums = Vector128.Min(Vector128.Max(sums, Vector128<short>.Zero), Vector128.Create((short)255));
                BinaryPrimitives.WriteUInt64LittleEndian(pixels[(at + (y * Stride) + x)..], Vector128.Narrow(sums.AsUInt16(), zero.AsUInt16()).AsUInt64().ToScalar());
            }
        }
    }

    /// <summary>Predicts a block of 4×4 of brightness.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="pixels">A macroblock's pixels with those around it.</param>
    /// <param name="at">The block's first pixel.</param>
    public static void PredictBlock(int mode, Span<byte> pixels, int at)
    {
        const int Stride = MacroblockPixels.Stride;
        pixels = pixels[(at - Stride - 1)..];
        // What is around, from the lower left over the corner to the upper right; the ends once more.
        Span<byte> edge = stackalloc byte[32];
        edge.Clear();
        edge[0] = edge[1] = pixels[(4 * Stride)];
        edge[2] = pixels[3 * Stride];
        edge[3] = pixels[2 * Stride];
        edge[4] = pixels[Stride];
        pixels[..9].CopyTo(edge[5..]);
        edge[14] = edge[13];
        switch (mode)
        {
            case BlockModes.Mean:
                int sum = 4 + edge[1] + edge[2] + edge[3] + edge[4] + edge[6] + edge[7] + edge[8] + edge[9];
                Write(pixels, (uint)(sum >> 3) * 0x01010101, (uint)(sum >> 3) * 0x01010101, (uint)(sum >> 3) * 0x01010101, (uint)(sum >> 3) * 0x01010101);
                return;
            case BlockModes.Gradient:
                AddGradientBlock(pixels, edge);
                return;
        }
        // Means of 3, (1, 2, 1)/4, and of 2, at every place of the edge: the former at its middle, the latter before it.
        ReadOnlySpan<byte> all = edge;
        Vector128<byte> before = Vector128.Create(all), middle = Vector128.Create(all[1..]), after = Vector128.Create(all[2..]);
        Vector128<ushort> low = Vector128.WidenLower(before), low1 = Vector128.WidenLower(middle), low2 = Vector128.WidenLower(after);
        Vector128<ushort> high = Vector128.WidenUpper(before), high1 = Vector128.WidenUpper(middle), high2 = Vector128.WidenUpper(after);
        Vector128<ushort> one = Vector128<ushort>.One;
        Vector128<ushort> twoLow = low + low1 + one, twoHigh = high + high1 + one;
        Vector128<byte> three = Vector128.Narrow((twoLow + low1 + low2 + one) >> 2, (twoHigh + high1 + high2 + one) >> 2);
        Vector128<byte> two = Vector128.Narrow(twoLow >> 1, twoHigh >> 1);
        Span<byte> means = stackalloc byte[32];
        three.CopyTo(means);
        two.CopyTo(means[16..]);
        ReadOnlySpan<byte> threes = means, twos = threes[16..];
        switch (mode)
        {
            case BlockModes.Vertical:
                uint row = At(threes, 5);
                Write(pixels, row, row, row, row);
                break;
            case BlockModes.Horizontal:
                Write(pixels, threes[3] * 0x01010101u, threes[2] * 0x01010101u, threes[1] * 0x01010101u, threes[0] * 0x01010101u);
                break;
            case BlockModes.DownRight:
                Write(pixels, At(threes, 4), At(threes, 3), At(threes, 2), At(threes, 1));
                break;
            case BlockModes.DownLeft:
                Write(pixels, At(threes, 6), At(threes, 7), At(threes, 8), At(threes, 9));
                break;
            case BlockModes.VerticalRight:
                Write(pixels, At(twos, 5), At(threes, 4), (At(twos, 5) << 8) | threes[3], (At(threes, 4) << 8) | threes[2]);
                break;
            case BlockModes.VerticalLeft:
                Write(pixels, At(twos, 6), At(threes, 6), (At(twos, 7) & 0xFFFFFF) | ((uint)threes[10] << 24), (At(threes, 7) & 0xFFFFFF) | ((uint)threes[11] << 24));
                break;
            case BlockModes.HorizontalDown:
                uint pair3 = Pair(twos[4], threes[4]), pair2 = Pair(twos[3], threes[3]), pair1 = Pair(twos[2], threes[2]), pair0 = Pair(twos[1], threes[1]);
                Write(pixels, pair3 | (At(threes, 5) << 16), pair2 | (pair3 << 16), pair1 | (pair2 << 16), pair0 | (pair1 << 16));
                break;
            default:
                uint first = Pair(twos[3], threes[2]), second = Pair(twos[2], threes[1]), third = Pair(twos[1], threes[0]), last = edge[1] * 0x0101u;
                Write(pixels, first | (second << 16), second | (third << 16), third | (last << 16), last | (last << 16));
                break;
        }
    }

    private static void AddGradientBlock(Span<byte> pixels, ReadOnlySpan<byte> edge)
    {
        for (int y = 0; y < 4; y++)
        {
            int left = edge[4 - y] - edge[5];
            Span<byte> row = pixels.Slice(((y + 1) * MacroblockPixels.Stride) + 1, 4);
            for (int x = 0; x < 4; x++)
                row[x] = (byte)Math.Clamp(edge[6 + x] + left, 0, 255);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint At(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[place..]);

    private static uint Pair(byte first, byte second) => (uint)(first | (second << 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Span<byte> pixels, uint row0, uint row1, uint row2, uint row3)
    {
        const int Stride = MacroblockPixels.Stride;
        BinaryPrimitives.WriteUInt32LittleEndian(pixels[(Stride + 1)..], row0);
        BinaryPrimitives.WriteUInt32LittleEndian(pixels[((2 * Stride) + 1)..], row1);
        BinaryPrimitives.WriteUInt32LittleEndian(pixels[((3 * Stride) + 1)..], row2);
        BinaryPrimitives.WriteUInt32LittleEndian(pixels[((4 * Stride) + 1)..], row3);
    }
}
