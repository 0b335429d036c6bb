using Fovea.Kernels.Elementwise;
using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// A function of two inputs, element by element. Shapes are aligned at the last dimension; where one has the size 1, or none, its
/// elements are repeated for those of the other: (C, H, W) and (C, 1, 1), (T, F) and (F), any shape and a number. The batch
/// is never part of it.
/// </summary>
public abstract record Arithmetic : Layer
{
    /// <inheritdoc/>
    public override int? InputCount => 2;

    /// <summary>What is done to every pair of elements, which every engine then runs.</summary>
    internal abstract BinaryFunction Function { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape output = inputs[0];
        foreach (Shape input in inputs[1..])
            output = Broadcasting.Of(output, input)
                ?? throw new ShapeException($"{GetType().Name} takes shapes whose sizes, from the last on, are equal or 1, got {output} and {input}");
        return output;
    }
}
