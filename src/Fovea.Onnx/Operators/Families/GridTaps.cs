using Fovea.Onnx.Operators.Calls;

namespace Fovea.Onnx.Operators.Families;

/// <summary>The elements of an image around one point, with their weights: along every axis 1, 2 or 4 of them.</summary>
/// <param name="image">The image's sizes.</param>
/// <param name="mode">nearest, linear or cubic.</param>
/// <param name="padding">What lies outside: zeros, the border's elements, or the image mirrored.</param>
/// <param name="align">Whether -1 and 1 are the middles of the outermost elements rather than their edges.</param>
internal sealed class GridTaps(int[] image, string mode, string padding, bool align)
{
    private readonly int _perAxis = mode switch { "nearest" => 1, "linear" => 2, _ => 4 };
    private readonly int[] _strides = Sizes.Strides(image);
    private readonly List<int> _places = [];
    private readonly List<double> _weights = [];

    /// <summary>Goes to a point given from -1 to 1, the last axis first.</summary>
    public void MoveTo(ReadOnlySpan<double> point)
    {
        Span<double> pixel = stackalloc double[point.Length];
        for (int d = 0; d < point.Length; d++)
        {
            double at = point[point.Length - 1 - d];
            // In single precision, so that what lies half-way is rounded as everywhere.
            double x = (float)(align ? (at + 1) / 2 * (image[d] - 1) : (((at + 1) * image[d]) - 1) / 2);
            if (mode == "nearest")
                x = Math.Round(x, image.Length == 3 ? MidpointRounding.AwayFromZero : MidpointRounding.ToEven);
            // Around a point outside, the cubic kernel still sees the image's edge.
            pixel[d] = mode == "cubic" ? x : Inside(x, image[d]);
        }
        MoveToPixel(pixel);
    }

    /// <summary>Goes to a point given in elements.</summary>
    public void MoveToPixel(ReadOnlySpan<double> pixel)
    {
        _places.Clear();
        _weights.Clear();
        Span<double> weights = stackalloc double[4];
        _places.Add(0);
        _weights.Add(1);
        for (int d = 0; d < image.Length; d++)
        {
            double first = mode == "nearest" ? Math.Round(pixel[d]) : Math.Floor(pixel[d]) - (_perAxis == 4 ? 1 : 0);
            Weights(pixel[d] - Math.Floor(pixel[d]), weights);
            int known = _places.Count;
            for (int i = 0; i < known; i++)
                for (int k = 0; k < _perAxis; k++)
                {
                    double at = first + k;
                    if (padding != "zeros")
                        at = Math.Clamp(Math.Truncate(Inside(at, image[d])), 0, image[d] - 1);
                    if (!(at >= 0 && at < image[d]))
                        continue;
                    _places.Add(_places[i] + ((int)at * _strides[d]));
                    _weights.Add(_weights[i] * weights[k]);
                }
            _places.RemoveRange(0, known);
            _weights.RemoveRange(0, known);
        }
    }

    /// <summary>The weighted sum of the elements.</summary>
    public double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int i = 0; i < _places.Count; i++)
            sum += values[_places[i]] * _weights[i];
        return sum;
    }

    private void Weights(double fraction, Span<double> weights)
    {
        switch (_perAxis)
        {
            case 1:
                weights[0] = 1;
                break;
            case 2:
                (weights[0], weights[1]) = (1 - fraction, fraction);
                break;
            default:
                for (int k = 0; k < 4; k++)
                    weights[k] = Cubic(Math.Abs(fraction - (k - 1)));
                break;
        }
    }

    private static double Cubic(double d)
    {
        const double A = -0.75;
        return d <= 1 ? ((((A + 2) * d) - (A + 3)) * d * d) + 1 : ((((A * d) - (5 * A)) * d) + (8 * A)) * d - (4 * A);
    }

    private double Inside(double x, int size)
    {
        (double least, double most) = align ? (0, size - 1.0) : (-0.5, size - 0.5);
        if (padding == "zeros" || (x >= least && x <= most))
            return x;
        if (padding == "border")
            return Math.Clamp(x, 0, size - 1);
        double range = most - least;
        if (range == 0)
            return least;
        double beyond = x < least ? least - x : x - most, times = Math.Floor(beyond / range), rest = beyond - (times * range);
        bool fromLeast = (x < least) == (times % 2 == 0);
        return fromLeast ? least + rest : most - rest;
    }
}
