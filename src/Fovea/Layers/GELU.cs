using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x · Φ(x) with Φ the normal distribution's cumulative probability, exact as PyTorch's default (Hendrycks and Gimpel, 2016).</summary>
public sealed record GELU : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new GELUFunction());
}
