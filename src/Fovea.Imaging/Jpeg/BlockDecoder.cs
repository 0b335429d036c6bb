using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Decodes the coefficients of one block: all at once (F.2.2), or some bits of some of them, as progressive scans send
/// them (G.2). The latter lie in the order of the file.
/// </summary>
internal static unsafe class BlockDecoder
{
    /// <summary>Instead of a number of empty blocks: there are more coefficients than a block can hold.</summary>
    public const int Damaged = -1;

    /// <summary>All coefficients of a block of zeros.</summary>
    /// <param name="source">The coded data.</param>
    /// <param name="dc">The code for the first coefficient.</param>
    /// <param name="ac">The code for the others.</param>
    /// <param name="predictor">The DC coefficient of the block before, and then of this one.</param>
    /// <param name="places">Where the i-th coefficient of the file lies in memory.</param>
    /// <param name="block">The coefficients.</param>
    /// <returns>The place in the file's order of the last coefficient that is not 0; 0 if there is none behind the first.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int DecodeAll(ref BitReader source, HuffmanTable dc, HuffmanTable ac, ref int predictor, ReadOnlySpan<byte> places, short* block)
    {
        BitReader bits = source;
        bits.Refill();
        int size = bits.TakeSymbol(dc);
        if (size != 0)
            predictor += HuffmanTable.Extend(bits.Take(size), size);
        block[0] = (short)predictor;

        int last = 0;
        int[] coefficients = ac.Coefficients;
        for (int i = 1; i < BlockLayout.Size; i++)
        {
            bits.Refill();
            int entry = coefficients[bits.Peek(HuffmanTable.LookBits)], value;
            if (entry != 0)
            {
                i += (entry >> 8) & 15;
                value = entry >> 16;
                bits.Skip(entry & 255);
            }
            else
            {
                int symbol = bits.TakeSymbol(ac);
                size = symbol & 15;
                if (size == 0)
                {
                    if (symbol != 0xF0)
                        break;
                    i += 15;
                    continue;
                }
                i += symbol >> 4;
                value = HuffmanTable.Extend(bits.Take(size), size);
            }
            if (i >= BlockLayout.Size)
                ThrowTooMany();
            block[places[i]] = (short)value;
            last = i;
        }
        source = bits;
        return last;
    }

    /// <summary>The higher bits of the DC coefficient.</summary>
    public static void DecodeDc(ref BitReader bits, HuffmanTable dc, int low, ref int predictor, short* block)
    {
        bits.Refill();
        int size = bits.TakeSymbol(dc);
        if (size != 0)
            predictor += HuffmanTable.Extend(bits.Take(size), size);
        block[0] = (short)(predictor << low);
    }

    /// <summary>One more bit of the DC coefficient.</summary>
    public static void RefineDc(ref BitReader bits, int low, short* block)
    {
        bits.Refill();
        block[0] |= (short)(bits.Take(1) << low);
    }

    /// <summary>The higher bits of a band of AC coefficients.</summary>
    /// <param name="source">The coded data.</param>
    /// <param name="ac">The code.</param>
    /// <param name="scan">Which coefficients, and which bits.</param>
    /// <param name="emptyBlocks">How many blocks behind this one have nothing in the band, to be told.</param>
    /// <param name="block">The coefficients; those of the band are 0.</param>
    /// <returns>Which coefficients were sent, the lowest bit for the first.</returns>
    public static ulong DecodeAc(ref BitReader source, HuffmanTable ac, JpegScan scan, ref int emptyBlocks, short* block)
    {
        BitReader bits = source;
        ulong sent = 0;
        for (int i = scan.First; i <= scan.Last; i++)
        {
            bits.Refill();
            int symbol = bits.TakeSymbol(ac), run = symbol >> 4, size = symbol & 15;
            if (size == 0 && run < 15)
            {
                emptyBlocks = (1 << run) - 1;
                if (run > 0)
                    emptyBlocks += bits.Take(run);
                break;
            }
            i += run;
            if (size == 0)
                continue;
            block[Math.Min(i, 63)] = (short)(HuffmanTable.Extend(bits.Take(size), size) << scan.Low);
            sent |= 1UL << Math.Min(i, 63);
            if (i > scan.Last)
                emptyBlocks = Damaged;
        }
        source = bits;
        return sent;
    }

    /// <summary>One more bit of a band of AC coefficients: of those that are not 0 already, and of new ones.</summary>
    /// <param name="source">The coded data.</param>
    /// <param name="ac">The code.</param>
    /// <param name="scan">Which coefficients, and which bit.</param>
    /// <param name="emptyBlocks">How many blocks from this one on get no new coefficients.</param>
    /// <param name="block">The coefficients.</param>
    /// <returns>Which coefficients are new, the lowest bit for the first.</returns>
    public static ulong RefineAc(ref BitReader source, HuffmanTable ac, JpegScan scan, ref int emptyBlocks, short* block)
    {
        BitReader bits = source;
        int bit = 1 << scan.Low;
        ulong sent = 0, occupied = BlockLayout.Occupied(block), left = (ulong.MaxValue >> (63 - scan.Last)) & (ulong.MaxValue << scan.First);
        while (emptyBlocks == 0 && left != 0)
        {
            bits.Refill();
            int symbol = bits.TakeSymbol(ac), run = symbol >> 4, size = symbol & 15, value = 0;
            if (size == 0 && run < 15)
            {
                emptyBlocks = 1 << run;
                if (run > 0)
                    emptyBlocks += bits.Take(run);
                break;
            }
            if (size > 1)
                throw new ImageFormatException($"JPEG: the image's data are damaged: a refining scan has a new coefficient of {size} bits instead of 1");
            if (size == 1)
                value = bits.Take(1) == 0 ? -bit : bit;

            // Past so many zeros that stay zeros, and to the next zero, while others on the way get their bit.
            ulong zeros = left & ~occupied;
            for (; run > 0; run--)
                zeros &= zeros - 1;
            ulong passed = left & (zeros - 1) & ~zeros;
            Refine(ref bits, occupied & passed, bit, block);
            if (zeros == 0 && value != 0)
            {
                block[Math.Min(scan.Last + 1, 63)] = (short)value;
                emptyBlocks = Damaged;
            }
            else if (value != 0)
            {
                block[BitOperations.TrailingZeroCount(zeros)] = (short)value;
                sent |= zeros & (0 - zeros);
            }
            left &= ~(zeros ^ (zeros - 1));
        }
        if (emptyBlocks > 0)
        {
            Refine(ref bits, occupied & left, bit, block);
            emptyBlocks--;
        }
        source = bits;
        return sent;
    }

    /// <summary>
    /// Reads one bit for each of some coefficients and, if it is set and the coefficient has it not, moves that away from
    /// 0 by the bit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refine(ref BitReader bits, ulong places, int bit, short* block)
    {
        for (; places != 0; places &= places - 1)
        {
            bits.Refill();
            short* place = block + BitOperations.TrailingZeroCount(places);
            if (bits.Take(1) != 0 && (*place & bit) == 0)
                *place += (short)(*place > 0 ? bit : -bit);
        }
    }

    [DoesNotReturn]
    public static void ThrowTooMany() =>
        throw new ImageFormatException("JPEG: the image's data are damaged: a block has more coefficients than it can hold");
}
