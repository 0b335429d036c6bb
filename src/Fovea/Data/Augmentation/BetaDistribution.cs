using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>Draws from the distribution Beta(α, α), from two gamma variates g / (g + h).</summary>
internal static class BetaDistribution
{
    public static double Draw(ref Rng rng, double alpha)
    {
        double first = LogGamma(ref rng, alpha), second = LogGamma(ref rng, alpha);
        // By logarithms, since both variates vanish in doubles where α is small.
        return 1 / (1 + Math.Exp(second - first));
    }

    /// <summary>
    /// The logarithm of a gamma variate of shape α (Marsaglia and Tsang, 2000; for α below 1 that of α + 1 times U^(1/α)).
    /// </summary>
    private static double LogGamma(ref Rng rng, double alpha)
    {
        double boost = 0;
        if (alpha < 1)
        {
            boost = Math.Log(1 - rng.NextDouble()) / alpha;
            alpha++;
        }
        double d = alpha - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = rng.NextGaussian(), v = 1 + c * x;
            if (v <= 0)
                continue;
            v = v * v * v;
            if (Math.Log(1 - rng.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return Math.Log(d * v) + boost;
        }
    }
}
