using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>max(0, x): the rectifier.</summary>
public sealed record ReLU : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new ReLUFunction());
}
