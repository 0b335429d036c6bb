using Fovea.Kernels.Elementwise;

namespace Fovea.Layers;

/// <summary>The sum of two or more inputs, element by element: where a shortcut meets its branch. Shapes may differ as <see cref="Arithmetic"/> says.</summary>
public sealed record Add : Arithmetic
{
    /// <inheritdoc/>
    public override int? InputCount => null;

    internal override BinaryFunction Function => BinaryFunction.Of<AddFunction>();
}
