using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>
/// The smaller of two inputs, element by element; NaN if either is. Where both are equal, each gets half the gradient, as in PyTorch.
/// Shapes may differ as <see cref="Arithmetic"/> says.
/// </summary>
public sealed record Minimum : Arithmetic
{
    internal override BinaryFunction Function => BinaryFunction.Of<MinimumFunction>();
}
