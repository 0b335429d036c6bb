using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>The first input divided by the second, element by element; infinite or NaN where that is zero. Shapes may differ as <see cref="Arithmetic"/> says.</summary>
public sealed record Divide : Arithmetic
{
    internal override BinaryFunction Function => BinaryFunction.Of<DivideFunction>();
}
