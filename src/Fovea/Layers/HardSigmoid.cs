using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>min(max(0, x + 3), 6) / 6: a sigmoid of straight lines (Courbariaux, Bengio and David, 2015).</summary>
public sealed record HardSigmoid : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new HardSigmoidFunction());
}
