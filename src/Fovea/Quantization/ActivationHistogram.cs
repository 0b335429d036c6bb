using System.Numerics.Tensors;
using Fovea.Execution;

namespace Fovea.Quantization;

/// <summary>
/// How often which values of an activation occur: bins of equal width from −reach to reach. A value beyond doubles the
/// reach, and neighbouring bins become one.
/// </summary>
internal sealed class ActivationHistogram
{
    private const int Bins = 4096;
    private const double Inside = 0.9999;
    private const double MinShare = 0.1;
    private const int Candidates = 80;

    private readonly long[] _counts = new long[Bins];
    private double _reach;
    private double _least;
    private double _largest;
    private long _total;

    /// <summary>Counts values.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        double least = TensorPrimitives.Min(values), largest = TensorPrimitives.Max(values);
        if (!double.IsFinite(least) || !double.IsFinite(largest))
            throw new ArgumentException("an activation is not finite; a network that computes NaN or infinity cannot be quantised");
        _least = Math.Min(_least, least);
        _largest = Math.Max(_largest, largest);
        Reach(Math.Max(Math.Abs(least), Math.Abs(largest)));
        float scale = (float)(Bins / 2 / _reach);
        foreach (float value in values)
            // Zeros are exact in any range, and many.
            if (value != 0)
                _counts[Math.Clamp((int)MathF.Floor(value * scale) + Bins / 2, 0, Bins - 1)]++;
        _total += values.Length;
    }

    /// <summary>The range that the method chooses.</summary>
    public ActivationRange Choose(ClippingMethod method) => method switch
    {
        ClippingMethod.Largest => ActivationRange.Of(_least, _largest),
        ClippingMethod.Percentile => ActivationRange.Of(Quantile(1 - Inside), Quantile(Inside)),
        _ => MinError(),
    };

    private void Reach(double largest)
    {
        if (_reach == 0)
            _reach = Math.Max(largest, 1e-30);
        for (; _reach < largest; _reach *= 2)
        {
            var merged = new long[Bins];
            for (int i = 0; i < Bins; i++)
                merged[Bins / 4 + i / 2] += _counts[i];
            merged.CopyTo(_counts, 0);
        }
    }

    private double Center(int bin) => (bin - Bins / 2 + 0.5) * _reach / (Bins / 2);

    /// <summary>The value below which this share of all values lies, not beyond those that were seen.</summary>
    private double Quantile(double share)
    {
        long zeros = _total - _counts.Sum(), wanted = (long)(share * _total), below = 0;
        for (int i = 0; i < Bins; i++)
        {
            if (i == Bins / 2)
                below += zeros;
            if (below > wanted)
                return Math.Clamp(Center(i == Bins / 2 && below - zeros <= wanted ? i : Math.Max(0, i - 1)), _least, _largest);
            below += _counts[i];
        }
        return _largest;
    }

    /// <summary>
    /// Tries shares of the range that was seen. Inside, rounding errs by a twelfth of a squared step on average; outside,
    /// a value errs by its distance from the edge.
    /// </summary>
    private ActivationRange MinError()
    {
        ActivationRange best = ActivationRange.Of(_least, _largest);
        double least = double.PositiveInfinity;
        for (int i = 0; i <= Candidates; i++)
        {
            double share = 1 - i * (1 - MinShare) / Candidates, lower = share * _least, upper = share * _largest, step = (upper - lower) / ActivationRange.Levels, error = 0;
            for (int bin = 0; bin < Bins; bin++)
                if (_counts[bin] > 0)
                {
                    double value = Center(bin), outside = Math.Max(0, Math.Max(lower - value, value - upper));
                    error += _counts[bin] * (outside > 0 ? outside * outside : step * step / 12);
                }
            if (error < least)
                (least, best) = (error, ActivationRange.Of(lower, upper));
        }
        return best;
    }
}
