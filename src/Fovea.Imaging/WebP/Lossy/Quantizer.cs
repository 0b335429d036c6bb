namespace Fovea.Imaging.WebP.Lossy;

/// <summary>What the coefficients of a segment are multiplied by: the first of a block, and the others.</summary>
internal struct Quantizer
{
    /// <summary>Of blocks of brightness.</summary>
    public int LumaFirst, Luma;

    /// <summary>Of the block that holds the first coefficients of a macroblock's brightness.</summary>
    public int MeansFirst, Means;

    /// <summary>Of blocks of colour.</summary>
    public int ChromaFirst, Chroma;

    private static ReadOnlySpan<byte> FirstSteps =>
    [
        4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17,
        18, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 25, 25, 26, 27, 28,
        29, 30, 31, 32, 33, 34, 35, 36, 37, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58,
        59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74,
        75, 76, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,
        91, 93, 95, 96, 98, 100, 101, 102, 104, 106, 108, 110, 112, 114, 116, 118,
        122, 124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157,
    ];

    private static ReadOnlySpan<ushort> Steps =>
    [
        4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
        20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
        36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
        52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66, 68, 70, 72, 74, 76,
        78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 102, 104, 106, 108,
        110, 112, 114, 116, 119, 122, 125, 128, 131, 134, 137, 140, 143, 146, 149, 152,
        155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189, 193, 197, 201, 205, 209,
        213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284,
    ];

    /// <summary>Reads the quantisers of all four segments.</summary>
    public static Quantizer[] Read(ref BoolReader reader, ReadOnlySpan<byte> data, in Segments segments)
    {
        int index = reader.TakeNumber(data, 7);
        int lumaFirst = reader.TakeOptional(data, 4), meansFirst = reader.TakeOptional(data, 4), means = reader.TakeOptional(data, 4);
        int chromaFirst = reader.TakeOptional(data, 4), chroma = reader.TakeOptional(data, 4);
        var result = new Quantizer[Segments.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int own = segments.Apply(segments.Quantizers, i, index);
            result[i] = new Quantizer
            {
                LumaFirst = FirstSteps[Math.Clamp(own + lumaFirst, 0, 127)],
                Luma = Steps[Math.Clamp(own, 0, 127)],
                MeansFirst = 2 * FirstSteps[Math.Clamp(own + meansFirst, 0, 127)],
                Means = Math.Max(Steps[Math.Clamp(own + means, 0, 127)] * 155 / 100, 8),
                ChromaFirst = FirstSteps[Math.Clamp(own + chromaFirst, 0, 117)],
                Chroma = Steps[Math.Clamp(own + chroma, 0, 127)],
            };
        }
        return result;
    }
}
