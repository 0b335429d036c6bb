using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x where positive, alpha · (eˣ − 1) elsewhere (Clevert, Unterthiner and Hochreiter, 2016).</summary>
public sealed record ELU : Activation
{
    /// <summary>Describes an exponential linear unit.</summary>
    /// <param name="alpha">The value far out on the left is −alpha.</param>
    /// <exception cref="ArgumentException">Alpha is not finite.</exception>
    public ELU(double alpha = 1) => Alpha = Guard.Finite(alpha, "ELU: alpha");

    /// <summary>The value far out on the left is −alpha.</summary>
    public double Alpha { get; }

    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new ELUFunction(Alpha, scale: 1));
}
