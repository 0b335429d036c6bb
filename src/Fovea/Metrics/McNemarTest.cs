namespace Fovea.Metrics;

/// <summary>
/// Whether two classifiers that judged the same samples differ by more than chance. Only samples that one of them has
/// right and the other wrong tell them apart: were both equally good, each of these would fall to either side like a
/// fair coin. After McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages" (Psychometrika, 1947); the mid-p value after Lancaster, "Significance tests in discrete distributions"
/// (Journal of the American Statistical Association, 1961).
/// </summary>
public sealed record McNemarTest
{
    /// <summary>The test for these counts.</summary>
    /// <param name="onlyFirst">Samples that only the first classifier has right.</param>
    /// <param name="onlySecond">Samples that only the second has right.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public McNemarTest(long onlyFirst, long onlySecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirst);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecond);
        (OnlyFirst, OnlySecond) = (onlyFirst, onlySecond);
        (double below, double at) = Tail(Disagreements, Math.Min(onlyFirst, onlySecond));
        ExactP = Math.Min(1, 2 * (below + at));
        MidP = Math.Min(1, 2 * below + at);
    }

    /// <summary>Samples that only the first classifier has right.</summary>
    public long OnlyFirst { get; }

    /// <summary>Samples that only the second classifier has right.</summary>
    public long OnlySecond { get; }

    /// <summary>Samples that exactly one of the two has right.</summary>
    public long Disagreements => OnlyFirst + OnlySecond;

    /// <summary>
    /// The two-sided exact p value: how probable a split at least as uneven is if both are equally good. 1 without any
    /// disagreement.
    /// </summary>
    public double ExactP { get; }

    /// <summary>
    /// The two-sided mid-p value, which counts the split itself by half on its side: less cautious than
    /// <see cref="ExactP"/>, which errs on the safe side with few disagreements.
    /// </summary>
    public double MidP { get; }

    /// <summary>P(X &lt; k) and P(X = k) for k heads of n throws of a fair coin; by logarithms, as 2⁻ⁿ is soon too small.</summary>
    private static (double Below, double At) Tail(long n, long k)
    {
        double below = 0, logarithm = -n * Math.Log(2);
        for (long i = 0; i < k; i++)
        {
            below += Math.Exp(logarithm);
            logarithm += Math.Log((double)(n - i) / (i + 1));
        }
        return (below, Math.Exp(logarithm));
    }
}
