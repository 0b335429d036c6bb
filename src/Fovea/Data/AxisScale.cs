namespace Fovea.Data;

/// <summary>Scaling along one direction: every new pixel is a weighted sum of neighbouring old ones, weights adding to 1.</summary>
internal sealed class AxisScale
{
    private readonly int[] _starts, _ends;
    private readonly float[] _weights;

    /// <summary>From <paramref name="from"/> pixels to <paramref name="to"/>.</summary>
    public AxisScale(int from, int to)
    {
        (_starts, _ends) = (new int[to], new int[to]);
        var weights = new List<float>(from + (2 * to));
        for (int i = 0; i < to; i++)
        {
            (_starts[i], float[] own) = to <= from ? Area(from, to, i) : Linear(from, to, i);
            weights.AddRange(own);
            _ends[i] = weights.Count;
        }
        _weights = [.. weights];
    }

    /// <summary>The first old pixel that a new one sees.</summary>
    public int Start(int pixel) => _starts[pixel];

    /// <summary>The weights of the old pixels from there on.</summary>
    public ReadOnlySpan<float> Weights(int pixel) => _weights.AsSpan((pixel == 0 ? 0 : _ends[pixel - 1])..(_ends[pixel]));

    /// <summary>New pixel i covers [i·from/to, (i + 1)·from/to): whole numbers in units of 1/to, so nothing is lost to rounding.</summary>
    private static (int Start, float[] Weights) Area(int from, int to, int i)
    {
        long low = (long)i * from, high = low + from;
        int first = (int)(low / to), last = (int)((high - 1) / to);
        var weights = new float[last - first + 1];
        for (int pixel = first; pixel <= last; pixel++)
            weights[pixel - first] = (float)(Math.Min(high, (pixel + 1L) * to) - Math.Max(low, (long)pixel * to)) / from;
        return (first, weights);
    }

    /// <summary>The centre of new pixel i lies at (i + ½)·from/to − ½ among the old centres; outside them the edge goes on.</summary>
    private static (int Start, float[] Weights) Linear(int from, int to, int i)
    {
        double centre = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
        int first = (int)centre;
        float share = (float)(centre - first);
        return share == 0 ? (first, [1]) : (first, [1 - share, share]);
    }
}
