namespace Fovea.Imaging.Resizing;

/// <summary>
/// For every new pixel of one direction: which old pixels make it, and by which weights. Where the picture becomes
/// smaller the filter is widened by the same factor, which keeps fine detail from turning into false patterns.
/// Weights are whole numbers of 2⁻²², sum 1.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>The binary point of the weights: 8 bits of value, 22 of weight and a sign fit into 32.</summary>
    public const int Precision = 22;

    private readonly int[] _weights;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int _taps;

    public ResizeWeights(int from, int to, ResizeFilter filter)
    {
        double scale = (double)from / to, widening = Math.Max(scale, 1);
        double reach = Reach(filter) * widening;
        _taps = ((int)Math.Ceiling(reach) * 2) + 1;
        _weights = new int[checked(to * _taps)];
        _starts = new int[to];
        _counts = new int[to];
        var exact = new double[_taps];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int start = Math.Max((int)(centre - reach + 0.5), 0);
            int count = Math.Min((int)(centre + reach + 0.5), from) - start;
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += exact[k] = Weigh(filter, (start + k + 0.5 - centre) / widening);
            for (int k = 0; k < count; k++)
                _weights[(i * _taps) + k] = (int)Math.Round(exact[k] / sum * (1 << Precision), MidpointRounding.AwayFromZero);
            (_starts[i], _counts[i]) = (start, count);
        }
    }

    /// <summary>The first old pixel that new pixel <paramref name="i"/> is made of.</summary>
    public int Start(int i) => _starts[i];

    /// <summary>The weights of that old pixel and those after it.</summary>
    public ReadOnlySpan<int> Of(int i) => _weights.AsSpan(i * _taps, _counts[i]);

    /// <summary>How far from its centre a filter reaches, in pixels.</summary>
    private static double Reach(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear => 1,
        ResizeFilter.Bicubic => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "no such filter"),
    };

    private static double Weigh(ResizeFilter filter, double distance)
    {
        const double A = -0.5;
        double d = Math.Abs(distance);
        return filter switch
        {
            // Half open, so that a pixel on the border belongs to one side only.
            ResizeFilter.Box => distance is > -0.5 and <= 0.5 ? 1 : 0,
            ResizeFilter.Bilinear => Math.Max(1 - d, 0),
            _ when d < 1 => ((((A + 2) * d) - (A + 3)) * d * d) + 1,
            _ when d < 2 => ((((d - 5) * d) + 8) * d - 4) * A,
            _ => 0,
        };
    }
}
