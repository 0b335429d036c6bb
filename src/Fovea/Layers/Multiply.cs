using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>
/// The product of two inputs, element by element. Shapes may differ as <see cref="Arithmetic"/> says: (C, H, W) and (C, 1, 1) weigh channels, as in
/// squeeze and excitation (Hu, Shen and Sun, 2018).
/// </summary>
public sealed record Multiply : Arithmetic
{
    internal override BinaryFunction Function => BinaryFunction.Of<MultiplyFunction>();
}
