using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// Decodes the coefficients of one block: all at once (F.2.2), or some bits of some of them, as progressive scans send
/// them (G.2). Blocks lie as <see cref="BlockLayout"/> says.
/// </summary>
internal static unsafe class BlockDecoder
{
    /// <summary>Instead of a number of empty blocks: there are more coefficients than a block can hold.</summary>
    public const int Damaged = -1;

    /// <summary>All coefficients of a block of zeros.</summary>
    /// <returns>The place in the file's order of the last coefficient that is not 0; 0 if there is none behind the first.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int DecodeAll(ref BitReader source, HuffmanTable dc, HuffmanTable ac, JpegComponent component, short* block)
    {
        BitReader bits = source;
        bits.Refill();
        int size = bits.TakeSymbol(dc);
        if (size != 0)
            component.Predictor += HuffmanTable.Extend(bits.Take(size), size);
        block[0] = (short)component.Predictor;

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
            block[BlockLayout.Positions[i]] = (short)value;
            last = i;
        }
        source = bits;
        return last;
    }

    /// <summary>The higher bits of the DC coefficient.</summary>
    public static void DecodeDc(ref BitReader bits, HuffmanTable dc, int low, JpegComponent component, short* block)
    {
        bits.Refill();
        int size = bits.TakeSymbol(dc);
        if (size != 0)
            component.Predictor += HuffmanTable.Extend(bits.Take(size), size);
        block[0] = (short)(component.Predictor << low);
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
    /// <param name="emptyBlocks">How many blocks from this one on have nothing in the band.</param>
    /// <param name="block">The coefficients; those of the band are 0.</param>
    public static void DecodeAc(ref BitReader source, HuffmanTable ac, JpegScan scan, ref int emptyBlocks, short* block)
    {
        if (emptyBlocks > 0)
        {
            emptyBlocks--;
            return;
        }
        BitReader bits = source;
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
            block[BlockLayout.Positions[Math.Min(i, 63)]] = (short)(HuffmanTable.Extend(bits.Take(size), size) << scan.Low);
            if (i > scan.Last)
                emptyBlocks = Damaged;
        }
        source = bits;
    }

    /// <summary>One more bit of a band of AC coefficients: of those that are not 0 already, and of new ones.</summary>
    /// <param name="source">The coded data.</param>
    /// <param name="ac">The code.</param>
    /// <param name="scan">Which coefficients, and which bit.</param>
    /// <param name="emptyBlocks">How many blocks from this one on get no new coefficients.</param>
    /// <param name="block">The coefficients.</param>
    public static void RefineAc(ref BitReader source, HuffmanTable ac, JpegScan scan, ref int emptyBlocks, short* block)
    {
        BitReader bits = source;
        int i = scan.First, bit = 1 << scan.Low;
        while (emptyBlocks == 0 && i <= scan.Last)
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
                throw new ImageFormatException($"JPEG: the picture's data are damaged: a refining scan has a new coefficient of {size} bits instead of 1");
            if (size == 1)
                value = bits.Take(1) == 0 ? -bit : bit;

            // Past so many zeros that stay zeros, and to the next zero, while others on the way get their bit.
            for (; i <= scan.Last; i++)
            {
                short* place = block + BlockLayout.Positions[i];
                if (*place != 0)
                    Refine(ref bits, place, bit);
                else if (run-- == 0)
                    break;
            }
            if (value != 0)
                block[BlockLayout.Positions[Math.Min(i, 63)]] = (short)value;
            if (value != 0 && i > scan.Last)
                emptyBlocks = Damaged;
            i++;
        }
        if (emptyBlocks > 0)
        {
            for (; i <= scan.Last; i++)
                if (block[BlockLayout.Positions[i]] != 0)
                    Refine(ref bits, block + BlockLayout.Positions[i], bit);
            emptyBlocks--;
        }
        source = bits;
    }

    /// <summary>Reads one bit and, if it is set and the coefficient has it not, moves that away from 0 by the bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refine(ref BitReader bits, short* place, int bit)
    {
        bits.Refill();
        if (bits.Take(1) != 0 && (*place & bit) == 0)
            *place += (short)(*place > 0 ? bit : -bit);
    }

    [DoesNotReturn]
    public static void ThrowTooMany() =>
        throw new ImageFormatException("JPEG: the picture's data are damaged: a block has more coefficients than it can hold");
}
