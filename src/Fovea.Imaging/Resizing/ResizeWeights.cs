namespace Fovea.Imaging.Resizing;

/// <summary>
/// For every new pixel of one direction: which old pixels make it, and by which weights. Where the image becomes
/// smaller the filter is widened by the same factor, which keeps fine detail from turning into false patterns.
/// Weights are whole numbers of 2⁻²², sum 1.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>The binary point of the weights: 8 bits of value, 22 of weight and a sign fit into 32.</summary>
    public const int Precision = 22;

    /// <summary>One half, which rounds a sum.</summary>
    public const int Half = 1 << (Precision - 1);

    /// <summary>A weight is high · 2¹¹ + low, so that both parts fit into 16 bits.</summary>
    public const int LowBits = 11;

    /// <summary>How many taps the parts come in; missing ones weigh nothing.</summary>
    public const int GroupTaps = 4;

    private readonly int[] _weights;
    private readonly short[] _parts;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int _taps;
    private readonly int _groups;

    public ResizeWeights(int from, int to, ResizeFilter filter)
    {
        double scale = (double)from / to, widening = Math.Max(scale, 1);
        double reach = Reach(filter) * widening;
        _taps = ((int)Math.Ceiling(reach) * 2) + 1;
        _groups = (_taps + GroupTaps - 1) / GroupTaps;
        _weights = new int[checked(to * _taps)];
        _parts = new short[checked(to * _groups * 2 * GroupTaps)];
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
            for (int k = 0; k < count; k++)
            {
                int part = FirstPart(i) + (k / GroupTaps * 2 * GroupTaps) + (k % GroupTaps), weight = _weights[(i * _taps) + k];
                _parts[part] = (short)(weight >> LowBits);
                _parts[part + GroupTaps] = (short)(weight & ((1 << LowBits) - 1));
            }
        }
    }

    /// <summary>The weights in parts: of every four taps the high parts, then the low ones.</summary>
    public ReadOnlySpan<short> Parts => _parts;

    /// <summary>Where in <see cref="Parts"/> the weights of new pixel <paramref name="i"/> begin.</summary>
    public int FirstPart(int i) => i * _groups * 2 * GroupTaps;

    /// <summary>How many fours of taps new pixel <paramref name="i"/> has.</summary>
    public int Groups(int i) => (_counts[i] + GroupTaps - 1) / GroupTaps;

    /// <summary>The first old pixel that new pixel <paramref name="i"/> is made of.</summary>
    public int Start(int i) => _starts[i];

    /// <summary>The weights of that old pixel and those after it.</summary>
    public ReadOnlySpan<int> Of(int i) => _weights.AsSpan(i * _taps, _counts[i]);

    /// <summary>The sample that a sum, begun with <see cref="Half"/>, stands for.</summary>
    public static byte Round(int sum) => (byte)Math.Clamp(sum >> Precision, 0, 255);

    /// <summary>How far from its centre a filter reaches, in pixels.</summary>
    private static double Reach(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear => 1,
        ResizeFilter.Bicubic => 2,
        ResizeFilter.Lanczos => 3,
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
            ResizeFilter.Lanczos => d < 3 ? Sinc(d) * Sinc(d / 3) : 0,
            _ when d < 1 => ((((A + 2) * d) - (A + 3)) * d * d) + 1,
            _ when d < 2 => ((((d - 5) * d) + 8) * d - 4) * A,
            _ => 0,
        };
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
