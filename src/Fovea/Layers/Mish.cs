using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x · tanh(ln(1 + eˣ)) (Misra, "Mish: a self regularized non-monotonic activation function", 2019).</summary>
public sealed record Mish : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new MishFunction());
}
