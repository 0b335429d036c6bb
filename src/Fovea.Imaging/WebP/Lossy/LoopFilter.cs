namespace Fovea.Imaging.WebP.Lossy;

/// <summary>Smooths the edges of macroblocks and of the blocks within them (RFC 6386, section 15).</summary>
internal static class LoopFilter
{
    /// <summary>Smooths brightness only, one pixel on either side.</summary>
    public static void Simple(Plane luma, int column, int row, in FilterStrength strength, bool hasInner)
    {
        Span<byte> samples = luma.Samples;
        int stride = luma.Stride, at = luma.Latest + (16 * column);
        if (column > 0)
            EdgeFilter.SimpleVertical(samples, at, stride, strength.Limit + 4);
        if (hasInner)
            for (int x = 4; x < 16; x += 4)
                EdgeFilter.SimpleVertical(samples, at + x, stride, strength.Limit);
        if (row > 0)
            EdgeFilter.SimpleHorizontal(samples, at, stride, strength.Limit + 4);
        if (hasInner)
            for (int y = 4; y < 16; y += 4)
                EdgeFilter.SimpleHorizontal(samples, at + (y * stride), stride, strength.Limit);
    }

    /// <summary>Smooths brightness and colour.</summary>
    public static void Normal(Plane luma, Plane blue, Plane red, int column, int row, in FilterStrength strength, bool hasInner)
    {
        int stride = luma.Stride, at = luma.Latest + (16 * column), chromaStride = blue.Stride, chromaAt = blue.Latest + (8 * column);
        Span<byte> y = luma.Samples, u = blue.Samples, v = red.Samples;
        if (column > 0)
        {
            EdgeFilter.Vertical(y, at, y, at + (8 * stride), stride, strength, outer: true);
            EdgeFilter.Vertical(u, chromaAt, v, chromaAt, chromaStride, strength, outer: true);
        }
        if (hasInner)
        {
            for (int x = 4; x < 16; x += 4)
                EdgeFilter.Vertical(y, at + x, y, at + x + (8 * stride), stride, strength, outer: false);
            EdgeFilter.Vertical(u, chromaAt + 4, v, chromaAt + 4, chromaStride, strength, outer: false);
        }
        if (row > 0)
        {
            EdgeFilter.Horizontal(y, at, y, at + 8, stride, strength, outer: true);
            EdgeFilter.Horizontal(u, chromaAt, v, chromaAt, chromaStride, strength, outer: true);
        }
        if (hasInner)
        {
            for (int line = 4; line < 16; line += 4)
                EdgeFilter.Horizontal(y, at + (line * stride), y, at + (line * stride) + 8, stride, strength, outer: false);
            EdgeFilter.Horizontal(u, chromaAt + (4 * chromaStride), v, chromaAt + (4 * chromaStride), chromaStride, strength, outer: false);
        }
    }
}
