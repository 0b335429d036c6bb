using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>x · min(max(0, x + 3), 6) / 6: <see cref="SiLU"/> of straight lines and a parabola (Howard et al., "Searching for MobileNetV3", 2019).</summary>
public sealed record HardSwish : Activation
{
    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new HardSwishFunction());
}
