using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>The first input minus the second, element by element. Shapes may differ as <see cref="Arithmetic"/> says.</summary>
public sealed record Subtract : Arithmetic
{
    internal override BinaryFunction Function => BinaryFunction.Of<SubtractFunction>();
}
