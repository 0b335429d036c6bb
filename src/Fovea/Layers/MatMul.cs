using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// The matrix product of two inputs, as torch.matmul: (…, M, K) and (…, K, N) to (…, M, N). Leading dimensions are repeated as
/// <see cref="Arithmetic"/> says. A vector (K) is a row on the left and a column on the right, and that dimension is not in the
/// output: (K) and (…, K, N) to (…, N), (…, M, K) and (K) to (…, M), two vectors to a number.
/// </summary>
public sealed record MatMul : Layer
{
    /// <inheritdoc/>
    public override int? InputCount => 2;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape left = inputs[0], right = inputs[1];
        if (left.Rank == 0 || right.Rank == 0 || left[left.Rank - 1] != right[Math.Max(right.Rank - 2, 0)] || Broadcasting.Of(Leading(left), Leading(right)) is not { } leading)
            throw new ShapeException($"MatMul takes (…, M, K) and (…, K, N), whose leading sizes are equal or 1, got {left} and {right}");
        return new Shape([.. leading.ToArray(), .. left.Rank > 1 ? [left[left.Rank - 2]] : Array.Empty<int>(), .. right.Rank > 1 ? [right[right.Rank - 1]] : Array.Empty<int>()]);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(params ReadOnlySpan<Shape> inputs) => (long)OutputShape(inputs).Length * inputs[0][inputs[0].Rank - 1];

    /// <summary>The dimensions ahead of a matrix's two, or a vector's one.</summary>
    internal static Shape Leading(Shape operand) => new(operand.ToArray().AsSpan(0, Math.Max(operand.Rank - 2, 0)));
}
