namespace Fovea.Tests.References;

/// <summary>
/// Sums in double precision that know how far a sum of the same terms in single precision may be off: every rounding
/// errs by half a unit in the last place of a partial sum, and the errors of n roundings add up like a random walk.
/// So the bound is (2 + √n) · 2⁻²⁴ · Σ|terms|: far below one term's size, and zero where there is no term.
/// </summary>
internal sealed class Sums(int length)
{
    private const double HalfUlp = 1.0 / (1 << 24);

    private readonly double[] _values = new double[length];
    private readonly double[] _magnitudes = new double[length];
    private readonly int[] _terms = new int[length];

    public ReadOnlySpan<double> Values => _values;

    public void Add(int element, double term)
    {
        _values[element] += term;
        _magnitudes[element] += Math.Abs(term);
        _terms[element]++;
    }

    /// <summary>Clamps what was summed so far; errors do not grow by it.</summary>
    public void Clamp(int element, double lower, double upper) => _values[element] = Math.Clamp(_values[element], lower, upper);

    /// <summary>Adds what an accumulating kernel found in its output.</summary>
    public Sums Plus(ReadOnlySpan<float> before)
    {
        for (int i = 0; i < before.Length; i++)
            Add(i, before[i]);
        return this;
    }

    public void AssertNear(ReadOnlySpan<float> actual, string what)
    {
        Assert.True(actual.Length == _values.Length, $"{what}: {actual.Length} elements instead of {_values.Length}");
        for (int i = 0; i < actual.Length; i++)
        {
            double allowed = (2 + Math.Sqrt(_terms[i])) * HalfUlp * _magnitudes[i];
            // Written so that NaN fails.
            if (!(Math.Abs(actual[i] - _values[i]) <= allowed))
                Assert.Fail($"{what}: element {i} is {actual[i]:R} instead of {_values[i]:R} ± {allowed:G3} ({_terms[i]} terms)");
        }
    }

    /// <summary>
    /// For kernels that mix neighbours, so that an element's error depends on more than its own terms: every error is
    /// at most this many times 2⁻²⁴ · the largest Σ|terms| of all elements.
    /// </summary>
    /// <returns>The worst error in this unit.</returns>
    public double AssertWithin(double halfUlps, ReadOnlySpan<float> actual, string what)
    {
        Assert.True(actual.Length == _values.Length, $"{what}: {actual.Length} elements instead of {_values.Length}");
        double unit = HalfUlp * _magnitudes.Max(), worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Math.Abs(actual[i] - _values[i]) / unit;
            if (!(error <= halfUlps))
                Assert.Fail($"{what}: element {i} is {actual[i]:R} instead of {_values[i]:R}, {error:G3} units away");
            worst = Math.Max(worst, error);
        }
        return worst;
    }
}
