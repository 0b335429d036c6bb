using System.Runtime.CompilerServices;

namespace Fovea.Imaging.WebP.Lossy;

/// <summary>
/// Reads the coefficients of macroblocks (RFC 6386, section 13), multiplied by their quantisers. How a block is written
/// depends on whether those above and to the left have any.
/// </summary>
internal sealed class Coefficients(byte[] probabilities, int across)
{
    /// <summary>Blocks of a macroblock: 16 of brightness, then 4 of either colour.</summary>
    public const int Blocks = 24;

    // Kinds of blocks: brightness without its first coefficient, those first ones, colour, whole brightness.
    private const int LumaWithoutFirst = 0, Means = 1, Chroma = 2, Luma = 3;

    /// <summary>The band of a coefficient, times the probabilities of one.</summary>
    private static ReadOnlySpan<short> Bands => [0, 33, 66, 99, 198, 132, 165, 198, 198, 198, 198, 198, 198, 198, 198, 231, 0];

    private static ReadOnlySpan<byte> Zigzag => [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];

    private static ReadOnlySpan<byte> Category3 => [173, 148, 140];

    private static ReadOnlySpan<byte> Category4 => [176, 155, 140, 135];

    private static ReadOnlySpan<byte> Category5 => [180, 157, 141, 134, 130];

    private static ReadOnlySpan<byte> Category6 => [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129];

    // Whether blocks at a macroblock's lower or right edge have coefficients: 4 of brightness, 2 and 2 of colour, means.
    private readonly byte[] _above = new byte[9 * across], _left = new byte[9];

    private readonly short[] _means = new short[16];

    /// <summary>(24, 16): row by row within a block. Zero between macroblocks.</summary>
    public short[] Values { get; } = new short[Blocks * 16];

    /// <summary>For every block: 0 empty, 1 only the first coefficient, 2 others too.</summary>
    public byte[] Extents { get; } = new byte[Blocks];

    /// <summary>Begins a row.</summary>
    public void BeginRow() => Array.Clear(_left);

    /// <summary>Notes a macroblock without coefficients.</summary>
    public void Skip(int column, bool inParts)
    {
        // Those predicted in parts have no means, and leave what is known of them.
        int count = inParts ? 8 : 9;
        _above.AsSpan(9 * column, count).Clear();
        _left.AsSpan(0, count).Clear();
    }

    /// <summary>Reads a macroblock.</summary>
    /// <returns>Whether any coefficient is not 0.</returns>
    public bool Read(ref BoolReader partition, ReadOnlySpan<byte> data, int column, bool inParts, in Quantizer quantizer)
    {
        BoolReader reader = partition;
        Span<byte> above = _above.AsSpan(9 * column, 9), left = _left;
        Span<short> values = Values;
        Span<byte> extents = Extents;
        int first = 0, kind = Luma;
        if (!inParts)
        {
            Span<short> means = _means;
            int count = ReadBlock(ref reader, data, Means, above[8] + left[8], 0, quantizer.MeansFirst, quantizer.Means, means);
            above[8] = left[8] = (byte)(count > 0 ? 1 : 0);
            InverseTransform.Means(means, values);
            means.Clear();
            (first, kind) = (1, LumaWithoutFirst);
        }
        int any = 0;
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 4; x++)
            {
                int block = (4 * y) + x;
                Span<short> target = values.Slice(16 * block, 16);
                int count = ReadBlock(ref reader, data, kind, above[x] + left[y], first, quantizer.LumaFirst, quantizer.Luma, target);
                above[x] = left[y] = (byte)(count > first ? 1 : 0);
                any |= extents[block] = Extent(count, target[0]);
            }
        for (int plane = 0; plane < 2; plane++)
            for (int y = 0; y < 2; y++)
                for (int x = 0; x < 2; x++)
                {
                    int block = 16 + (4 * plane) + (2 * y) + x, fromAbove = 4 + (2 * plane) + x, fromLeft = 4 + (2 * plane) + y;
                    Span<short> target = values.Slice(16 * block, 16);
                    int count = ReadBlock(ref reader, data, Chroma, above[fromAbove] + left[fromLeft], 0, quantizer.ChromaFirst, quantizer.Chroma, target);
                    above[fromAbove] = left[fromLeft] = (byte)(count > 0 ? 1 : 0);
                    any |= extents[block] = Extent(count, target[0]);
                }
        partition = reader;
        return any != 0;
    }

    private static byte Extent(int count, short first) => count > 1 ? (byte)2 : first != 0 ? (byte)1 : (byte)0;

    /// <returns>Behind which coefficient nothing is written.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadBlock(ref BoolReader outer, ReadOnlySpan<byte> data, int kind, int context, int n, int firstStep, int step, Span<short> target)
    {
        ReadOnlySpan<byte> all = probabilities.AsSpan(kind * CoefficientProbabilities.OfKind, CoefficientProbabilities.OfKind);
        ReadOnlySpan<byte> p = all.Slice(Bands[n] + (context * CoefficientProbabilities.OfContext), CoefficientProbabilities.OfContext);
        if (outer.Take(data, p[0]) == 0)
            return n;
        BoolReader reader = outer;
        while (true)
        {
            while (reader.Take(data, p[1]) == 0)
            {
                if (++n == 16)
                {
                    outer = reader;
                    return 16;
                }
                p = all.Slice(Bands[n], CoefficientProbabilities.OfContext);
            }
            int value;
            if (reader.Take(data, p[2]) == 0)
            {
                value = 1;
                p = all.Slice(Bands[n + 1] + CoefficientProbabilities.OfContext, CoefficientProbabilities.OfContext);
            }
            else
            {
                // By way of the outer reader, so that this one can stay in registers.
                outer = reader;
                value = ReadLarge(ref outer, data, p);
                reader = outer;
                p = all.Slice(Bands[n + 1] + (2 * CoefficientProbabilities.OfContext), CoefficientProbabilities.OfContext);
            }
            target[Zigzag[n]] = (short)(reader.TakeSign(data, value) * (n == 0 ? firstStep : step));
            if (++n == 16 || reader.Take(data, p[0]) == 0)
            {
                outer = reader;
                return n;
            }
        }
    }

    /// <summary>The magnitude of a coefficient above 1.</summary>
    private static int ReadLarge(ref BoolReader reader, ReadOnlySpan<byte> data, ReadOnlySpan<byte> p)
    {
        if (reader.Take(data, p[3]) == 0)
            return reader.Take(data, p[4]) == 0 ? 2 : 3 + reader.Take(data, p[5]);
        if (reader.Take(data, p[6]) == 0)
        {
            if (reader.Take(data, p[7]) == 0)
                return 5 + reader.Take(data, 159);
            int upper = reader.Take(data, 165);
            return 7 + (2 * upper) + reader.Take(data, 145);
        }
        int high = reader.Take(data, p[8]), category = (2 * high) + reader.Take(data, p[9 + high]);
        int value = 0;
        foreach (byte probability in category switch { 0 => Category3, 1 => Category4, 2 => Category5, _ => Category6 })
            value = (value << 1) | reader.Take(data, probability);
        return value + 3 + (8 << category);
    }
}
