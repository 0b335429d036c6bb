using System.Numerics.Tensors;
using Fovea.Tensors;

namespace Fovea.Optimizers;

/// <summary>
/// A bound on gradients, against steps that leap out of the valley (Pascanu et al., 2013): on every element, on the
/// Euclidean norm of all gradients together, or first the one, then the other. NaN stays NaN.
/// </summary>
internal sealed record GradientClipping
{
    /// <summary>Clipping with these bounds.</summary>
    /// <param name="maxNorm">The longest that all gradients together may be, positive; null for no bound.</param>
    /// <param name="maxValue">The largest magnitude of an element, positive; null for no bound.</param>
    /// <exception cref="ArgumentException">A bound is not positive.</exception>
    public GradientClipping(double? maxNorm = null, double? maxValue = null)
    {
        MaxNorm = maxNorm is { } norm ? Guard.Positive(norm, "the gradients' greatest norm") : null;
        MaxValue = maxValue is { } value ? Guard.Positive(value, "the gradients' greatest value") : null;
    }

    /// <summary>The longest that all gradients together may be.</summary>
    public double? MaxNorm { get; }

    /// <summary>The largest magnitude of an element.</summary>
    public double? MaxValue { get; }

    /// <summary>
    /// Clamps the elements in place and gives the factor that bounds the norm, for
    /// <see cref="Optimizer.Update"/>'s gradientScale; the gradients are not multiplied by it here.
    /// </summary>
    /// <param name="gradients">The gradients of all parameters; the order of summation follows this order.</param>
    public float Apply(IReadOnlyList<Memory<float>> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        double squares = 0;
        for (int i = 0; i < gradients.Count; i++)
        {
            Span<float> gradient = gradients[i].Span;
            ClampValues(gradient);
            if (MaxNorm is not null)
                squares += SumOfSquares(gradient);
        }
        return ScaleFor(Math.Sqrt(squares));
    }

    /// <summary>Clamps every element to ±<see cref="MaxValue"/>; does nothing without it.</summary>
    public void ClampValues(Span<float> gradient)
    {
        if (MaxValue is { } limit)
            TensorPrimitives.Clamp(gradient, -(float)limit, (float)limit, gradient);
    }

    /// <summary>
    /// PyTorch's factor for gradients of this norm: min(1, <see cref="MaxNorm"/> / (norm + 10⁻⁶)); 1 without a bound.
    /// </summary>
    public float ScaleFor(double norm) => MaxNorm is { } limit ? (float)Math.Min(1, limit / (norm + 1e-6)) : 1;

    /// <summary>Σ g² in double precision and in an order that depends on the length alone.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> gradient) => Reductions.SumOfSquares(gradient);
}
