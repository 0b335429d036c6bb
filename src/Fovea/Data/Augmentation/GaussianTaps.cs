namespace Fovea.Data.Augmentation;

/// <summary>The weights of a Gaussian filter: exp(−t² / 2σ²) for |t| ≤ 3σ, their sum 1.</summary>
internal static class GaussianTaps
{
    /// <summary>How far the filter reaches to each side.</summary>
    public static int Radius(double sigma) => Math.Max(1, (int)Math.Ceiling(3 * sigma));

    /// <summary>Writes 2 · radius + 1 weights.</summary>
    public static void Fill(double sigma, Span<float> taps)
    {
        int radius = taps.Length / 2;
        double sum = 0;
        for (int t = -radius; t <= radius; t++)
            sum += Weight(t, sigma);
        for (int t = -radius; t <= radius; t++)
            taps[t + radius] = (float)(Weight(t, sigma) / sum);
    }

    private static double Weight(int t, double sigma) => sigma > 0 ? Math.Exp(-t * t / (2 * sigma * sigma)) : t == 0 ? 1 : 0;
}
