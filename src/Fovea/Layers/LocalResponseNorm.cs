using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// Local response normalisation across channels (Krizhevsky, Sutskever and Hinton, 2012) as in PyTorch; (C, H, W),
/// unchanged: y(c) = x(c) / (k + alpha / size · Σ x(c')²)^beta over the size channels from c − ⌊size / 2⌋; channels that do
/// not exist count as zeros.
/// </summary>
public sealed record LocalResponseNorm : Layer
{
    /// <summary>Describes a local response normalisation.</summary>
    /// <param name="size">How many neighbouring channels count, 1 or more.</param>
    /// <param name="alpha">The weight of their mean square, zero or more.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="k">What is added to the mean square, positive.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        Size = Guard.AtLeastOne(size, "LocalResponseNorm: size");
        Alpha = Guard.NotNegative(alpha, "LocalResponseNorm: alpha");
        Beta = Guard.Finite(beta, "LocalResponseNorm: beta");
        K = Guard.Positive(k, "LocalResponseNorm: k");
    }

    /// <summary>How many neighbouring channels count.</summary>
    public int Size { get; }

    /// <summary>The weight of their mean square.</summary>
    public double Alpha { get; }

    /// <summary>The exponent.</summary>
    public double Beta { get; }

    /// <summary>What is added to the mean square.</summary>
    public double K { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => RequireMaps(inputs[0]);
}
