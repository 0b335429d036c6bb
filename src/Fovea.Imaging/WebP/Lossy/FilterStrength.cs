namespace Fovea.Imaging.WebP.Lossy;

/// <summary>How strongly a macroblock's edges are smoothed (RFC 6386, sections 9.6 and 15).</summary>
internal struct FilterStrength
{
    /// <summary>Up to which difference an inner edge is smoothed; 0 for not at all.</summary>
    public int Limit;

    /// <summary>Up to which difference of neighbours on one side.</summary>
    public int Inner;

    /// <summary>Above which difference on one side only the pixels at the edge are changed.</summary>
    public int HighVariance;

    /// <summary>Whether the edges of blocks within a macroblock are smoothed even where it has no coefficients.</summary>
    public bool HasInnerEdges;

    /// <summary>Reads the strengths of all segments: a pair for each, for macroblocks predicted as a whole, and in parts.</summary>
    /// <param name="reader">Where to read.</param>
    /// <param name="data">The data.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="simple">Whether the filter for brightness alone is used.</param>
    /// <returns>None if the image is not filtered.</returns>
    public static FilterStrength[] Read(ref BoolReader reader, ReadOnlySpan<byte> data, in Segments segments, out bool simple)
    {
        simple = reader.TakeFlag(data);
        int whole = reader.TakeNumber(data, 6), sharpness = reader.TakeNumber(data, 3);
        Span<int> byFrame = stackalloc int[4], byMode = stackalloc int[4];
        byFrame.Clear();
        byMode.Clear();
        bool hasDifferences = reader.TakeFlag(data);
        if (hasDifferences && reader.TakeFlag(data))
        {
            foreach (ref int difference in byFrame)
                difference = reader.TakeOptional(data, 6);
            foreach (ref int difference in byMode)
                difference = reader.TakeOptional(data, 6);
        }
        if (whole == 0)
            return [];
        var result = new FilterStrength[2 * Segments.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int level = segments.Apply(segments.Filters, i / 2, whole) + byFrame[0] + (i % 2 == 1 ? byMode[0] : 0);
            result[i] = Of(Math.Clamp(level, 0, 63), sharpness, i % 2 == 1);
        }
        return result;
    }

    private static FilterStrength Of(int level, int sharpness, bool inParts)
    {
        if (level == 0)
            return default;
        int inner = sharpness > 4 ? level >> 2 : sharpness > 0 ? level >> 1 : level;
        if (sharpness > 0)
            inner = Math.Min(inner, 9 - sharpness);
        inner = Math.Max(inner, 1);
        return new FilterStrength
        {
            Inner = inner,
            Limit = (2 * level) + inner,
            HighVariance = level >= 40 ? 2 : level >= 15 ? 1 : 0,
            HasInnerEdges = inParts,
        };
    }
}
