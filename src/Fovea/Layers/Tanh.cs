using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>tanh x.</summary>
public sealed record Tanh : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new TanhFunction(amplitude: 1, slope: 1));
}
