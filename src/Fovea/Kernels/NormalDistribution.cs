using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>
/// The normal distribution with mean 0 and deviation 1, for GELU. The tail beyond |x| is exp(−x²/2) times a polynomial in
/// t − ½ with t = 1 / (1 + 0.35 |x|), a form that goes back to Hastings, "Approximations for digital computers" (1955);
/// <c>tools/golden/normal_distribution.py</c> fitted it. Rounding included, the probability is off by less than 2·10⁻⁷.
/// </summary>
internal static class NormalDistribution
{
    private const float P = 0.35f;
    private const float C0 = 0.126622254f, C1 = 0.424726319f, C2 = 0.485508336f, C3 = 0.322144784f;
    private const float C4 = 0.0579070666f, C5 = -0.160555957f, C6 = 0.0491252369f;
    private const float DensityAtZero = 0.39894228f;

    /// <summary>cumulative = Φ(x) and density = φ(x) of every element.</summary>
    /// <param name="x">Any numbers.</param>
    /// <param name="cumulative">Receives Φ(x), as long as <paramref name="x"/>.</param>
    /// <param name="density">Receives φ(x) = exp(−x²/2) / √(2π), as long as <paramref name="x"/>.</param>
    /// <param name="scratch">At least as long as <paramref name="x"/>; what it held is lost.</param>
    public static void Evaluate(ReadOnlySpan<float> x, Span<float> cumulative, Span<float> density, Span<float> scratch)
    {
        Span<float> t = scratch[..x.Length];
        TensorPrimitives.Abs(x, t);
        TensorPrimitives.Multiply(t, P, t);
        TensorPrimitives.Add(t, 1, t);
        TensorPrimitives.Reciprocal(t, t);
        TensorPrimitives.Subtract(t, 0.5f, t);

        TensorPrimitives.Multiply(x, x, density);
        TensorPrimitives.Multiply(density, -0.5f, density);
        TensorPrimitives.Exp(density, density);

        TensorPrimitives.Multiply(t, C6, cumulative);
        TensorPrimitives.Add(cumulative, C5, cumulative);
        TensorPrimitives.MultiplyAdd(cumulative, t, C4, cumulative);
        TensorPrimitives.MultiplyAdd(cumulative, t, C3, cumulative);
        TensorPrimitives.MultiplyAdd(cumulative, t, C2, cumulative);
        TensorPrimitives.MultiplyAdd(cumulative, t, C1, cumulative);
        TensorPrimitives.MultiplyAdd(cumulative, t, C0, cumulative);
        TensorPrimitives.Multiply(cumulative, density, cumulative);

        // Φ(x) = ½ ± (½ − tail).
        TensorPrimitives.Subtract(0.5f, cumulative, cumulative);
        TensorPrimitives.CopySign(cumulative, x, cumulative);
        TensorPrimitives.Add(cumulative, 0.5f, cumulative);
        TensorPrimitives.Multiply(density, DensityAtZero, density);
    }
}
