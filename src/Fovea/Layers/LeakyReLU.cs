using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x where positive, negativeSlope · x elsewhere (Maas, Hannun and Ng, 2013).</summary>
public sealed record LeakyReLU : Activation
{
    /// <summary>Describes a leaky rectifier.</summary>
    /// <param name="negativeSlope">The slope left of zero.</param>
    /// <exception cref="ArgumentException">The slope is not finite.</exception>
    public LeakyReLU(double negativeSlope = 0.01) => NegativeSlope = Guard.Finite(negativeSlope, "LeakyReLU: negativeSlope");

    /// <summary>The slope left of zero.</summary>
    public double NegativeSlope { get; }

    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new LeakyReLUFunction((float)NegativeSlope));
}
