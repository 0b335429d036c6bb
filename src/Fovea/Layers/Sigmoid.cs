using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>1 / (1 + e⁻ˣ): the logistic function.</summary>
public sealed record Sigmoid : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new SigmoidFunction());
}
