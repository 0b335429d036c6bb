using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>ln(1 + e^(beta · x)) / beta, a smooth rectifier (Dugas et al., 2001); x itself where beta · x is above the threshold.</summary>
public sealed record Softplus : Activation
{
    /// <summary>Describes a smooth rectifier.</summary>
    /// <param name="beta">How sharp its bend is.</param>
    /// <param name="threshold">Where beta · x is above it, the output is x.</param>
    /// <exception cref="ArgumentException">Beta is not positive, or the threshold is not finite.</exception>
    public Softplus(double beta = 1, double threshold = 20)
    {
        Beta = Guard.Positive(beta, "Softplus: beta");
        Threshold = Guard.Finite(threshold, "Softplus: threshold");
    }

    /// <summary>How sharp the bend is.</summary>
    public double Beta { get; }

    /// <summary>Where beta · x is above it, the output is x.</summary>
    public double Threshold { get; }

    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new SoftplusFunction((float)Beta, (float)Threshold));
}
