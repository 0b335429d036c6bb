using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>
/// scale · x where positive, scale · alpha · (eˣ − 1) elsewhere, with the scale 1.0507… and alpha 1.6732… for which layers
/// keep mean 0 and variance 1 (Klambauer et al., "Self-normalizing neural networks", 2017).
/// </summary>
public sealed record SELU : Activation
{
    private const double Alpha = 1.6732632423543772848170429916717, Scale = 1.0507009873554804934193349852946;

    internal override ElementwiseFunction Function => ElementwiseFunction.Of(new ELUFunction(Alpha, Scale));
}
