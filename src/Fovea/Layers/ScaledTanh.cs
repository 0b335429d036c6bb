using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>1.7159 · tanh(2x/3): the squashing function of the LeNets, which maps ±1 to about ±1 (LeCun et al., 1998).</summary>
public sealed record ScaledTanh : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new TanhFunction(amplitude: 1.7159, slope: 2.0 / 3));
}
